//! A form of the page as an act, its texts read in the store's manner.

use super::writing::Manner;
use crate::page::forms;
use crate::page::notice::Notice;
use evertill_domain::discount::Off;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::quantity::Quantity;
use evertill_domain::reason::Reason;
use evertill_domain::refund::Returned;
use evertill_domain::shift::{Counted, Direction};
use serde::de::DeserializeOwned;

/// How a customer gets money back.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Way {
    Cash,
    Card(String),
    Voucher,
}

/// What a cashier asks for.
#[derive(Debug, Clone)]
pub(super) enum Act {
    SignOn { number: String, pin: String },
    SignOff,
    OpenShift { float_minor: i64 },
    Scan { entry: String, typed: bool },
    Quantity { line: u32, quantity: Quantity },
    VoidLine { line: u32 },
    Weigh { line: u32 },
    Discount { line: Option<u32>, off: Off, reason: Reason },
    Cash { amount_minor: Option<i64> },
    Card { amount_minor: Option<i64>, reference: String },
    Voucher { number: String },
    SellVoucher { amount_minor: i64 },
    Suspend,
    Recall { id: i64 },
    Abandon,
    FindReceipt { text: String },
    RefundWithoutReceipt,
    Refund { receipt: String, lines: Vec<Returned>, way: Way, reason: Reason },
    VoidSale { receipt_number: u64, references: Vec<String> },
    NoSale { reason: Reason },
    Copy { receipt_number: u64 },
    SettlePaper { job: i64, is_whole: bool },
    MoveCash { direction: Direction, amount_minor: i64, reason: Reason },
    XReport,
    CloseShift { count: Vec<Counted> },
    CloseDay,
    ZCopy { number: u64 },
    Allow { number: String, pin: String },
    Cancel,
    Born { date: String },
    AgeByOther,
    TooYoung,
}

/// An act with the key of the rendering that its form stood in.
pub(super) struct Asked {
    pub(super) key: IdempotencyKey,
    pub(super) act: Act,
}

/// Why a form is no act.
pub(super) enum Unreadable {
    /// Not a form of this page: an older version's, or made by hand.
    Stale,
    /// A field is wrong, and this is said.
    Field(Notice),
}

/// Reads the form that was posted to `path`, behind `/counter/`.
pub(super) fn read(path: &str, body: &[u8], manner: &Manner) -> Result<Asked, Unreadable> {
    let key = form::<forms::KeyOnly>(body)?.key;
    let key = key.parse().map_err(|_| Unreadable::Stale)?;
    Ok(Asked { key, act: act(path, body, manner)? })
}

fn form<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    serde_urlencoded::from_bytes(body).map_err(|_| Unreadable::Stale)
}

fn act(path: &str, body: &[u8], manner: &Manner) -> Result<Act, Unreadable> {
    Ok(match path {
        "sign-on" => {
            let forms::SignOn { cashier, pin, .. } = form(body)?;
            Act::SignOn { number: cashier, pin }
        }
        "sign-off" => Act::SignOff,
        "open-shift" => open_shift(&form(body)?, manner)?,
        "scan" => {
            let forms::Scan { entry, by, .. } = form(body)?;
            Act::Scan { entry, typed: by == forms::EntryBy::Typed }
        }
        "quantity" => {
            let forms::Quantity { line, quantity, .. } = form(body)?;
            Act::Quantity { line: number(&line)?, quantity: manner.quantity(&quantity)? }
        }
        "void-line" => Act::VoidLine { line: number(&form::<forms::LineOnly>(body)?.line)? },
        "weigh" => Act::Weigh { line: number(&form::<forms::LineOnly>(body)?.line)? },
        "discount" => discount(&form(body)?, manner)?,
        "tender" => tender(form(body)?, manner)?,
        "sell-voucher" => Act::SellVoucher { amount_minor: manner.amount(&form::<forms::SellVoucher>(body)?.amount)? },
        "suspend" => Act::Suspend,
        "recall" => Act::Recall { id: number(&form::<forms::Recall>(body)?.basket)? },
        "abandon" => Act::Abandon,
        "refund/find" => Act::FindReceipt { text: form::<forms::RefundFind>(body)?.receipt },
        "refund/open" => Act::RefundWithoutReceipt,
        "refund" => refund(form(body)?, manner)?,
        "void-sale" => {
            let forms::VoidSale { receipt, references, .. } = form(body)?;
            let references = forms::numbered(&references, "reference_").map(|(_, text)| text.to_owned()).collect();
            Act::VoidSale { receipt_number: number(&receipt)?, references }
        }
        "no-sale" => Act::NoSale { reason: reason(&form::<forms::NoSale>(body)?.reason)? },
        "copy" => Act::Copy { receipt_number: number(&form::<forms::ReceiptOnly>(body)?.receipt)? },
        "paper" => {
            let forms::Paper { job, decision, .. } = form(body)?;
            Act::SettlePaper { job: number(&job)?, is_whole: decision == forms::PaperDecision::Whole }
        }
        "cash-movement" => {
            let forms::CashMovement { kind, amount, reason: why, .. } = form(body)?;
            let direction = match kind {
                forms::Movement::PaidIn => Direction::PaidIn,
                forms::Movement::PaidOut => Direction::PaidOut,
                forms::Movement::PickUp => Direction::PickUp,
            };
            Act::MoveCash { direction, amount_minor: manner.amount(&amount)?, reason: reason(&why)? }
        }
        "x-report" => Act::XReport,
        "close-shift" => Act::CloseShift { count: counted(&form::<forms::CloseShift>(body)?.counts)? },
        "close-day" => Act::CloseDay,
        "z-copy" => Act::ZCopy { number: number(&form::<forms::ZCopy>(body)?.number)? },
        "override" => {
            let forms::Override { supervisor, pin, decision, .. } = form(body)?;
            match decision {
                forms::OverrideDecision::Allow => Act::Allow { number: supervisor, pin },
                forms::OverrideDecision::Cancel => Act::Cancel,
            }
        }
        "age" => age(form(body)?),
        _ => return Err(Unreadable::Stale),
    })
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, Unreadable> {
    text.trim().parse().map_err(|_| Unreadable::Stale)
}

fn reason(text: &str) -> Result<Reason, Unreadable> {
    text.parse().map_err(|_| Unreadable::Field(Notice::ReasonNeeded))
}

fn open_shift(form: &forms::OpenShift, manner: &Manner) -> Result<Act, Unreadable> {
    if !form.float.trim().is_empty() {
        return Ok(Act::OpenShift { float_minor: manner.amount(&form.float)? });
    }
    let worth = |counted: &Counted| counted.value_minor.checked_mul(i64::from(counted.pieces));
    let count = counted(&form.counts)?;
    let sum = count.iter().map(worth).try_fold(0_i64, |sum, worth| sum.checked_add(worth?));
    sum.map(|float_minor| Act::OpenShift { float_minor }).ok_or(Unreadable::Field(Notice::TooLarge))
}

/// Notes and coins: the field's number is what one is worth, in minor units.
fn counted(counts: &std::collections::BTreeMap<String, String>) -> Result<Vec<Counted>, Unreadable> {
    forms::numbered(counts, "count_")
        .map(|(worth, pieces)| {
            let bad = || Unreadable::Field(Notice::BadAmount { amount: pieces.chars().take(20).collect() });
            Ok(Counted { value_minor: number(worth)?, pieces: pieces.parse().map_err(|_| bad())? })
        })
        .collect()
}

fn discount(form: &forms::Discount, manner: &Manner) -> Result<Act, Unreadable> {
    let line = match form.line.trim() {
        "" => None,
        line => Some(number(line)?),
    };
    let off = match form.how {
        forms::DiscountIn::Amount => Off::AmountMinor(manner.amount(&form.value)?),
        forms::DiscountIn::Percent => Off::Percent(manner.percent(&form.value)?),
    };
    let reason = manner.reason(&form.reason).ok_or(Unreadable::Field(Notice::ReasonNeeded))?;
    Ok(Act::Discount { line, off, reason })
}

fn tender(form: forms::Tender, manner: &Manner) -> Result<Act, Unreadable> {
    let amount_minor = match form.amount.trim() {
        "" => None,
        text => Some(manner.amount(text)?),
    };
    Ok(match form.tender {
        forms::TenderKind::Cash => Act::Cash { amount_minor },
        forms::TenderKind::Card => Act::Card { amount_minor, reference: form.reference },
        forms::TenderKind::Voucher => Act::Voucher { number: form.reference },
    })
}

fn refund(form: forms::Refund, manner: &Manner) -> Result<Act, Unreadable> {
    let takes = forms::numbered(&form.takes, "take_");
    let lines = takes
        .map(|(line, text)| Ok(Returned { line: number(line)?, quantity: manner.quantity(text)? }))
        .collect::<Result<_, Unreadable>>()?;
    let way = match form.tender.as_str() {
        "card" => Way::Card(form.reference),
        "voucher" => Way::Voucher,
        _ => Way::Cash,
    };
    let reason = manner.reason(&form.reason).ok_or(Unreadable::Field(Notice::ReasonNeeded))?;
    Ok(Act::Refund { receipt: form.receipt, lines, way, reason })
}

fn age(form: forms::Age) -> Act {
    match form.decision {
        forms::AgeDecision::Override => Act::AgeByOther,
        forms::AgeDecision::Refuse => Act::TooYoung,
        forms::AgeDecision::Born => {
            let (year, month, day) = (form.year.trim(), form.month.trim(), form.day.trim());
            Act::Born { date: format!("{year:0>4}-{month:0>2}-{day:0>2}") }
        }
    }
}
