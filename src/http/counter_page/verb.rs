//! The counter's verb for an act of the page.

use super::act::{Act, Way};
use crate::counter::{Back, Counter, CounterError, CounterReply, Goods, Permission, Refusal};
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::quantity::Quantity;
use evertill_domain::refund::Original;
use evertill_domain::tender::Tender;
use std::sync::Arc;

/// The verb of an act. Everything is handed over by value: it runs to its end even when the browser has gone.
pub(super) async fn verb(
    counter: Arc<Counter>,
    key: IdempotencyKey,
    act: Act,
    goods: Option<Vec<(String, Quantity)>>,
    permission: Option<Permission>,
) -> Result<CounterReply, CounterError> {
    match act {
        Act::OpenShift { float_minor } => counter.open_shift(key, float_minor, permission).await,
        Act::Scan { entry, .. } => counter.scan(key, &entry).await,
        Act::Quantity { line, quantity } => counter.set_quantity(key, line, quantity).await,
        Act::VoidLine { line } => counter.void_line(key, line).await,
        Act::Weigh { line } => counter.weigh_line(key, line).await,
        Act::Discount { line, off, reason } => {
            let permission = permission.map(|permission| Permission { reason: reason.clone(), ..permission });
            counter.discount(key, line, off, reason, permission).await
        }
        Act::Cash { .. } | Act::Card { .. } | Act::Voucher { .. } => pay(counter, key, act, goods, permission).await,
        Act::SellVoucher { amount_minor } => counter.sell_voucher(key, amount_minor).await,
        Act::Suspend => counter.suspend(key).await,
        Act::Recall { id } => counter.recall(key, id).await,
        Act::Abandon => counter.abandon(key).await,
        Act::Refund { receipt, lines, way, reason } => {
            let receipt = named_receipt(&counter, &receipt).ok_or(Refusal::NoReceipt(receipt))?;
            let goods = Goods::OfReceipt { receipt, lines };
            counter.refund(key, goods, back(way)?, Some(reason), permission).await
        }
        Act::VoidSale { receipt_number, references } => {
            let references = references.iter().map(|text| text.parse().map_err(Refusal::Reference));
            let references = references.collect::<Result<_, Refusal>>()?;
            let reason = permission.as_ref().map(|permission| permission.reason.clone());
            let reason = reason.unwrap_or_else(|| "void".parse().expect("a word is a reason"));
            counter.void_sale(key, receipt_number, references, reason, permission).await
        }
        Act::NoSale { reason } => counter.no_sale(key, reason, permission).await,
        Act::Copy { receipt_number } => counter.reprint(key, receipt_number).await,
        Act::SettlePaper { job, is_whole } => counter.settle_paper(key, job, is_whole).await,
        Act::MoveCash { direction, amount_minor, reason } => {
            counter.move_cash(key, direction, amount_minor, reason, permission).await
        }
        Act::XReport => counter.x_report(key, permission).await,
        Act::CloseShift { count } => counter.close_shift(key, count, permission).await,
        Act::CloseDay => counter.close_day(key, permission).await,
        Act::ZCopy { number } => counter.reprint_z(key, number, permission).await,
        Act::Born { date } => {
            let born = date.parse().map_err(|_| Refusal::NoBirthDate)?;
            counter.confirm_birth_date(key, &born).await
        }
        Act::AgeByOther => counter.confirm_age(key, permission).await,
        Act::TooYoung => counter.void_age_restricted(key).await,
        Act::SignOn { .. }
        | Act::SignOff
        | Act::FindReceipt { .. }
        | Act::RefundWithoutReceipt
        | Act::Allow { .. }
        | Act::Cancel => Err(Refusal::NobodySignedOn.into()),
    }
}

/// A payment: by the customer, or to them for goods that came back without a receipt.
async fn pay(
    counter: Arc<Counter>,
    key: IdempotencyKey,
    act: Act,
    goods: Option<Vec<(String, Quantity)>>,
    permission: Option<Permission>,
) -> Result<CounterReply, CounterError> {
    if let Some(goods) = goods {
        let way = match act {
            Act::Card { reference, .. } => Way::Card(reference),
            Act::Voucher { .. } => Way::Voucher,
            _ => Way::Cash,
        };
        let reason = permission.as_ref().map(|permission| permission.reason.clone());
        let reason = reason.or_else(|| "without receipt".parse().ok());
        return counter.refund(key, Goods::WithoutReceipt(goods), back(way)?, reason, permission).await;
    }
    let view = counter.view().await;
    match act {
        Act::Voucher { number } => counter.tender_voucher(key, &number).await,
        Act::Card { amount_minor, reference } => {
            let reference = reference.parse().map_err(Refusal::Reference)?;
            let amount_minor = amount_minor.unwrap_or(view.due_minor);
            counter.tender(key, Tender::Card { amount_minor, reference }).await
        }
        Act::Cash { amount_minor } => {
            let amount_minor = amount_minor.unwrap_or(view.cash_due_minor);
            counter.tender(key, Tender::Cash { amount_minor }).await
        }
        _ => Err(Refusal::NobodySignedOn.into()),
    }
}

/// The receipt of this store that is meant: by its barcode, or by its number alone for one of this till.
pub(super) fn named_receipt(counter: &Counter, text: &str) -> Option<Original> {
    let own = || text.trim().parse().ok().map(|number| counter.receipt_of(None, number));
    Original::of_barcode(text, &counter.receipt_of(None, 0).till).or_else(own)
}

/// The receipt as [`named_receipt`] reads it and a cashier knows it.
pub(super) fn receipt_name(counter: &Counter, receipt: &Original) -> String {
    if counter.is_own(receipt) { receipt.receipt_number.to_string() } else { receipt.barcode() }
}

fn back(way: Way) -> Result<Back, Refusal> {
    Ok(match way {
        Way::Cash => Back::Cash,
        Way::Card(reference) => Back::Card(reference.parse().map_err(Refusal::Reference)?),
        Way::Voucher => Back::Voucher,
    })
}
