//! An act at the counter, and what is said of it.

use super::act::{Act, Asked};
use super::panels::Ask;
use super::say;
use super::session::Session;
use super::verb::{named_receipt, verb};
use super::writing::Manner;
use crate::counter::{Counter, CounterError, CounterReply, Credentials, Permission, Refusal};
use crate::http::state::Context;
use crate::page::notice::Notice;
use crate::page::screen::PinStanding;
use evertill_domain::basket::BasketError;
use evertill_domain::catalogue::ScanError;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::quantity::Quantity;
use evertill_domain::refund::Original;
use evertill_domain::role;
use std::sync::Arc;

/// What came of an act, for the next screen.
#[derive(Default)]
pub(super) struct Said {
    /// What is said of it.
    pub(super) notices: Vec<Notice>,
    /// Which panel shows.
    pub(super) ask: Ask,
    /// What stands in the entry field: what was typed and refused.
    pub(super) entry: String,
    /// Whose PIN is needed for what waits.
    pub(super) needs: Option<role::Role>,
    /// What stands in the way of a PIN.
    pub(super) standing: Option<PinStanding>,
    /// The number that was entered with it.
    pub(super) number: String,
    /// A cookie to be set.
    pub(super) cookie: Option<String>,
}

impl Said {
    pub(super) fn notice(notice: Notice) -> Said {
        Said { notices: vec![notice], ..Said::default() }
    }

    fn panel(ask: Ask) -> Said {
        Said { ask, ..Said::default() }
    }
}

/// Does what was asked. `session` is that of the browser that asked; without one it can only sign on.
pub(super) async fn perform(context: &Arc<Context>, session: Option<&Session>, manner: &Manner, asked: Asked) -> Said {
    let Asked { key, act } = asked;
    let Some(session) = session else {
        return match act {
            Act::SignOn { number, pin } => sign_on(context, key, number, pin).await,
            _ => Said::notice(Notice::StalePage),
        };
    };
    match act {
        Act::SignOn { number, pin } => sign_on(context, key, number, pin).await,
        Act::SignOff => {
            context.pages.end();
            let verb = |counter: Arc<Counter>| async move { counter.sign_off(key).await };
            run(context, verb).await.map_or_else(|error| refused(&error, manner), |_| Said::default())
        }
        Act::Cancel => {
            context.pages.change(|session| session.pending = None);
            Said::default()
        }
        Act::Allow { number, pin } => allow(context, session, manner, key, number, pin).await,
        Act::AgeByOther => attempt(context, session, manner, key, Act::AgeByOther, None).await,
        act => attempt(context, session, manner, key, act, None).await,
    }
}

async fn sign_on(context: &Arc<Context>, key: IdempotencyKey, number: String, pin: String) -> Said {
    let wrong = |standing| Said { standing: Some(standing), number: number.clone(), ..Said::default() };
    let Ok(cashier) = number.trim().parse() else {
        return wrong(PinStanding::Fresh);
    };
    let verb =
        move |counter: Arc<Counter>| async move { counter.sign_on(key, Credentials { number: cashier, pin }).await };
    match run(context, verb).await {
        Ok(_) => Said { cookie: context.pages.begin(cashier), ..Said::default() },
        Err(CounterError::Refused(refusal)) if say::standing(&refusal).is_some() => {
            wrong(say::standing(&refusal).unwrap_or(PinStanding::Fresh))
        }
        Err(error) => Said { notices: vec![say::broken(&error)], number, ..Said::default() },
    }
}

/// A second person entered their PIN for what waits.
async fn allow(
    context: &Arc<Context>,
    session: &Session,
    manner: &Manner,
    key: IdempotencyKey,
    number: String,
    pin: String,
) -> Said {
    let Some(act) = session.pending.clone() else { return Said::notice(Notice::StalePage) };
    let Ok(by) = number.trim().parse() else {
        let needs = Some(role::Role::Supervisor);
        return Said { needs, standing: Some(PinStanding::Fresh), ..Said::default() };
    };
    let permission = Permission { by: Credentials { number: by, pin }, reason: manner.allowed() };
    let mut said = attempt(context, session, manner, key, act, Some(permission)).await;
    said.number = number;
    said
}

/// Does `act`; when the role does not allow it, it waits for a second person's PIN.
async fn attempt(
    context: &Arc<Context>,
    session: &Session,
    manner: &Manner,
    key: IdempotencyKey,
    act: Act,
    permission: Option<Permission>,
) -> Said {
    if let Some(said) = beside_the_counter(context, session, manner, &act).await {
        return said;
    }
    let (asked, goods, by_other) = (act.clone(), session.goods.clone(), permission.is_some());
    let outcome = run(context, move |counter| verb(counter, key, asked, goods, permission)).await;
    match outcome {
        Ok(reply) => {
            context.pages.change(|session| session.pending = None);
            done(context, manner, &act, &reply)
        }
        Err(CounterError::Refused(refusal)) => {
            let needs = match &refusal {
                Refusal::Role(role::Refusal::Needs { needs })
                | Refusal::Role(role::Refusal::Same { needs })
                | Refusal::Role(role::Refusal::TooLow { needs, .. }) => Some(*needs),
                // The PIN of the second person was wrong: what waits goes on waiting.
                _ if by_other && say::standing(&refusal).is_some() => Some(role::Role::Supervisor),
                _ => None,
            };
            if let Some(needs) = needs {
                context.pages.change(|session| session.pending = Some(act));
                let standing = say::standing(&refusal);
                let not_allowed = by_other && standing.is_none();
                let notices = if not_allowed { vec![Notice::NotAllowed] } else { Vec::new() };
                return Said { needs: Some(needs), standing, notices, ..Said::default() };
            }
            context.pages.change(|session| session.pending = None);
            refused_act(context, manner, act, refusal).await
        }
        Err(error) => refused(&error, manner),
    }
}

/// What needs no verb of the counter: looking receipts up, and goods that are collected for a refund without receipt.
async fn beside_the_counter(context: &Arc<Context>, session: &Session, manner: &Manner, act: &Act) -> Option<Said> {
    match act {
        Act::FindReceipt { text } => Some(find_receipt(context, text).await),
        Act::Scan { entry, .. } if is_receipt(context, entry) => Some(find_receipt(context, entry).await),
        Act::RefundWithoutReceipt => {
            context.pages.change(|session| session.goods = Some(Vec::new()));
            Some(Said::default())
        }
        Act::Scan { entry, .. } if session.goods.is_some() => Some(collect(context, manner, entry).await),
        Act::VoidLine { line } if session.goods.is_some() => {
            context.pages.change(|session| {
                let goods = session.goods.get_or_insert_default();
                let place = (*line as usize).saturating_sub(1);
                if place < goods.len() {
                    goods.remove(place);
                }
            });
            Some(Said::default())
        }
        Act::Abandon if session.goods.is_some() => {
            context.pages.change(|session| session.goods = None);
            Some(Said::notice(Notice::BasketAbandoned))
        }
        _ => None,
    }
}

/// What is said of a code that the hardware scanner read and the counter refused: a receipt begins a refund.
pub(super) async fn refused_scan(context: &Arc<Context>, ask: Ask, code: &str, refusal: String) -> Said {
    if is_receipt(context, code) {
        return find_receipt(context, code).await;
    }
    let counter = &context.api.counter;
    let notice = counter.book().ok().and_then(|book| {
        let error = book.scan(code, &counter.now().1).err()?;
        Some(match error {
            ScanError::Code(_) | ScanError::Label(_) => Notice::Misread { code: code.chars().take(40).collect() },
            error => say::refusal(&Refusal::Scan(error), &Manner::of(&book)),
        })
    });
    Said { ask, ..Said::notice(notice.unwrap_or(Notice::NotDone { why: refusal })) }
}

/// Whether this is what a receipt's barcode says: `R2-00000017`.
fn is_receipt(context: &Context, text: &str) -> bool {
    Original::of_barcode(text, &context.api.till).is_some()
}

async fn find_receipt(context: &Arc<Context>, text: &str) -> Said {
    let counter = &context.api.counter;
    let name = || text.trim().chars().take(30).collect();
    let notice = match named_receipt(counter, text) {
        Some(receipt) => match counter.refundable(&receipt).await {
            Ok(_) => return Said::panel(Ask::Refund { receipt: text.trim().to_owned() }),
            Err(CounterError::Refused(Refusal::ReceiptAway(receipt))) => Notice::ReceiptAway { receipt },
            Err(_) => Notice::ReceiptUnknown { receipt: name() },
        },
        None => Notice::ReceiptUnknown { receipt: name() },
    };
    Said { ask: Ask::RefundFind, ..Said::notice(notice) }
}

/// Adds what was scanned to the goods that come back without a receipt.
async fn collect(context: &Arc<Context>, manner: &Manner, entry: &str) -> Said {
    let (quantity, code) = match entry.split_once('*') {
        Some((number, code)) => match manner.quantity(number) {
            Ok(quantity) => (quantity, code.trim()),
            Err(_) => return Said::notice(Notice::UnknownCode { code: entry.to_owned() }),
        },
        None => (Quantity::ONE, entry.trim()),
    };
    let known = context.api.counter.book().is_ok_and(|book| book.by_code(code).is_some());
    if !known {
        return Said::notice(Notice::UnknownCode { code: code.chars().take(40).collect() });
    }
    let code = code.to_owned();
    context.pages.change(|session| session.goods.get_or_insert_default().push((code, quantity)));
    Said::default()
}

/// What is said of an act that was done.
fn done(context: &Context, manner: &Manner, act: &Act, reply: &CounterReply) -> Said {
    if let Some(sale) = &reply.sale {
        let number = sale.receipt_number;
        context.pages.change(|session| session.sold = Some(number));
        return Said::panel(Ask::Sold);
    }
    let money = |minor| manner.money(minor);
    match act {
        Act::Cash { .. } | Act::Card { .. } | Act::Voucher { .. } if reply.recorded.is_some() => {
            context.pages.change(|session| session.goods = None);
            Said::notice(Notice::Refunded { amount: money(given_back_minor(reply)) })
        }
        Act::Cash { .. } | Act::Card { .. } | Act::Voucher { .. } => {
            let notices = vec![Notice::StillDue { due: money(reply.basket.due_minor) }];
            Said { notices, ask: Ask::Tender, ..Said::default() }
        }
        Act::Refund { .. } => Said::notice(Notice::Refunded { amount: money(given_back_minor(reply)) }),
        Act::OpenShift { .. } => Said::notice(Notice::ShiftOpened),
        Act::Suspend => Said::notice(Notice::BasketSuspended),
        Act::Abandon => Said::notice(Notice::BasketAbandoned),
        Act::VoidSale { receipt_number, .. } => {
            Said::notice(Notice::SaleVoided { receipt: receipt_number.to_string() })
        }
        Act::NoSale { .. } => Said::notice(Notice::DrawerOpened),
        Act::Copy { receipt_number } => Said::notice(Notice::CopyPrinting { number: receipt_number.to_string() }),
        Act::ZCopy { number } => Said::notice(Notice::CopyPrinting { number: format!("Z {number}") }),
        Act::MoveCash { amount_minor, .. } => Said::notice(Notice::MovementBooked { amount: money(*amount_minor) }),
        Act::XReport => {
            Said { notices: vec![Notice::CopyPrinting { number: "X".to_owned() }], ..Said::panel(Ask::Menu) }
        }
        Act::CloseShift { .. } => Said::panel(Ask::ShiftClosed),
        Act::CloseDay => Said::panel(Ask::DayClosed),
        _ => Said::default(),
    }
}

fn given_back_minor(reply: &CounterReply) -> i64 {
    reply.recorded.as_ref().and_then(|recorded| recorded.given_back_minor).unwrap_or(0)
}

/// What is said of an act that was refused: words that are no code are looked for among the items.
async fn refused_act(context: &Context, manner: &Manner, act: Act, refusal: Refusal) -> Said {
    let ask = panel_of(&act);
    if let Act::Scan { entry, typed: true } = &act
        && matches!(refusal, Refusal::Scan(ScanError::UnknownItem(_) | ScanError::Code(_)))
        && entry.chars().any(char::is_alphabetic)
    {
        let words = entry.clone();
        return match context.api.counter.search(entry).await {
            Ok(found) if !found.is_empty() => Said::panel(Ask::Search { words }),
            _ => Said { notices: vec![Notice::NothingFound { words: words.clone() }], entry: words, ..Said::default() },
        };
    }
    let (entry, typed) = match act {
        Act::Scan { entry, typed } => (entry, typed),
        _ => (String::new(), false),
    };
    let notices = match &refusal {
        // The question itself is what is said.
        Refusal::Basket(BasketError::Age { .. }) => Vec::new(),
        // What was read is said with it.
        Refusal::Scan(ScanError::Code(_) | ScanError::Label(_)) => {
            let code = entry.chars().take(40).collect();
            vec![Notice::Misread { code }]
        }
        refusal => vec![say::refusal(refusal, manner)],
    };
    // What was typed stays to be corrected; what was scanned is scanned again.
    let entry = if typed { entry } else { String::new() };
    Said { notices, ask, entry, ..Said::default() }
}

/// The panel that an act is asked for on, so that what was refused can be corrected there.
fn panel_of(act: &Act) -> Ask {
    match act {
        Act::Quantity { line, .. } | Act::Weigh { line } => Ask::Line { line: Some(*line) },
        Act::Discount { line, .. } => Ask::Discount { line: *line },
        Act::Cash { .. } | Act::Card { .. } | Act::Voucher { .. } => Ask::Tender,
        Act::SellVoucher { .. } => Ask::SellVoucher,
        Act::Recall { .. } => Ask::Suspended,
        Act::Refund { receipt, .. } => Ask::Refund { receipt: receipt.clone() },
        Act::VoidSale { .. } => Ask::VoidSale,
        Act::NoSale { .. } => Ask::NoSale,
        Act::Copy { .. } => Ask::Copies,
        Act::MoveCash { direction, .. } => Ask::MoveCash { direction: *direction },
        Act::CloseShift { .. } => Ask::CloseShift,
        Act::CloseDay => Ask::ShiftClosed,
        Act::ZCopy { .. } => Ask::ZCopies,
        _ => Ask::Usual,
    }
}

fn refused(error: &CounterError, manner: &Manner) -> Said {
    match error {
        CounterError::Refused(refusal) => Said::notice(say::refusal(refusal, manner)),
        error => Said::notice(say::broken(error)),
    }
}

/// Runs a verb to its end, whether the browser waits for it or not, and sets off what it set off.
async fn run<F>(context: &Arc<Context>, verb: impl FnOnce(Arc<Counter>) -> F) -> Result<CounterReply, CounterError>
where
    F: Future<Output = Result<CounterReply, CounterError>> + Send + 'static,
{
    crate::http::routes::carry_out(context, verb).await
}
