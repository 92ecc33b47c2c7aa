//! What the counter refuses, as the page says it.

use super::writing::Manner;
use crate::counter::{CounterError, Refusal, ScaleTrouble};
use crate::journal::JournalError;
use crate::page::notice::Notice;
use crate::page::screen::PinStanding;
use evertill_domain::basket::BasketError;
use evertill_domain::catalogue::ScanError;
use evertill_domain::quantity::Quantity;
use evertill_domain::refund::RefundError;
use evertill_domain::report::ReportError;
use evertill_domain::role;
use evertill_domain::shift::ShiftError;
use evertill_domain::tender::ReferenceError;
use evertill_domain::voucher::VoucherError;

/// What stands in the way of a PIN; `None` when the refusal is about something else.
pub(super) fn standing(refusal: &Refusal) -> Option<PinStanding> {
    match refusal {
        Refusal::WrongPin { tries_left } => Some(PinStanding::Wrong { tries_left: *tries_left }),
        Refusal::Locked(locked) => {
            let seconds = locked.remaining_ms.div_ceil(1_000);
            let remaining = if seconds > 90 { format!("{} min", seconds.div_ceil(60)) } else { format!("{seconds} s") };
            Some(PinStanding::Locked { remaining })
        }
        _ => None,
    }
}

/// A refusal in words.
pub(super) fn refusal(refusal: &Refusal, manner: &Manner) -> Notice {
    match refusal {
        Refusal::Scan(error) => scan(error, manner),
        Refusal::Quantity(_) => bad_quantity(manner, String::new()),
        Refusal::Basket(error) => basket(error, manner),
        Refusal::Shift(error) => shift(error, manner),
        Refusal::Refund(error) => refund(error, manner),
        Refusal::Voucher(VoucherError::Expired { last_day, .. }) => {
            Notice::VoucherExpired { on: manner.locale.date(last_day.as_str()) }
        }
        Refusal::Voucher(VoucherError::Amount(amount)) => Notice::BadAmount { amount: manner.money(amount.minor) },
        Refusal::Voucher(VoucherError::NoTaxGroup | VoucherError::TooMany) | Refusal::NoVouchers => {
            Notice::NotDone { why: refusal.to_string() }
        }
        Refusal::Voucher(_) | Refusal::VoucherNumber(_) => Notice::VoucherRefused,
        Refusal::Reference(ReferenceError::CardNumber) => Notice::CardNumber,
        Refusal::Reference(_) => Notice::ReferenceNeeded,
        Refusal::Scale(trouble) => match trouble {
            ScaleTrouble::Moving => Notice::ScaleMoving,
            ScaleTrouble::Empty => Notice::ScaleEmpty,
            ScaleTrouble::BelowZero => Notice::ScaleBelowZero,
            ScaleTrouble::TooHeavy => Notice::ScaleTooHeavy,
            ScaleTrouble::OtherUnit | ScaleTrouble::Silent(_) => Notice::NotDone { why: trouble.to_string() },
        },
        Refusal::NoBirthDate => Notice::BadDate,
        Refusal::Report(ReportError::ShiftOpen(_)) => Notice::ShiftStillOpen,
        Refusal::Role(role::Refusal::TooMuch { from, .. }) => {
            Notice::DiscountTooLarge { most: manner.money(from.minor) }
        }
        Refusal::Role(_) => Notice::NotAllowed,
        Refusal::WrongPin { tries_left } => Notice::WrongPin { tries_left: *tries_left },
        Refusal::NoReceipt(receipt) => Notice::ReceiptUnknown { receipt: receipt.clone() },
        Refusal::ReceiptAway(receipt) => Notice::ReceiptAway { receipt: receipt.clone() },
        Refusal::NotASale(number) => Notice::ReceiptUnknown { receipt: number.to_string() },
        Refusal::BasketOpen => Notice::BasketOpen,
        Refusal::BasketsWait(count) => Notice::BasketsWait { count: *count as u64 },
        Refusal::NoneWaits(_) => Notice::BasketGone,
        Refusal::TenderedWaits => Notice::PartlyPaid,
        Refusal::TooManyWait => Notice::TooManyWait,
        Refusal::DiscountGrew { .. } => Notice::DiscountGrew,
        Refusal::NoPriceBook => Notice::NoPriceBook,
        Refusal::NobodySignedOn => Notice::StalePage,
        Refusal::Money(_) => Notice::TooLarge,
        Refusal::Sale(_) | Refusal::Report(_) | Refusal::Locked(_) | Refusal::NoRandom | Refusal::NoDate => {
            Notice::NotDone { why: refusal.to_string() }
        }
    }
}

/// What failed at the till itself.
pub(super) fn broken(error: &CounterError) -> Notice {
    match error {
        CounterError::Journal(JournalError::Disk { .. }) => Notice::DiskTrouble,
        // The key of this rendering did something else already: the page is older than the till.
        CounterError::Journal(JournalError::KeyReused { .. }) => Notice::StalePage,
        CounterError::Journal(JournalError::Missing { what }) => Notice::NotDone { why: what.clone() },
        error => Notice::NotDone { why: error.to_string() },
    }
}

fn scan(error: &ScanError, manner: &Manner) -> Notice {
    match error {
        // What was read is not in these; whoever knows it says it.
        ScanError::Code(_) | ScanError::Label(_) => Notice::Misread { code: String::new() },
        ScanError::UnknownItem(code) => Notice::UnknownCode { code: code.clone() },
        ScanError::Expired { name, last_day } => {
            Notice::Expired { item: name.clone(), on: manner.locale.date(last_day.as_str()) }
        }
        ScanError::Recalled { name, .. } => Notice::ItemRecalled { item: name.clone() },
        ScanError::Value { name, .. } | ScanError::Unit { name } => Notice::LabelRefused { item: name.clone() },
    }
}

fn bad_quantity(manner: &Manner, quantity: String) -> Notice {
    Notice::BadQuantity { quantity, most: manner.quantity_text(Quantity::MAX.milli()) }
}

fn basket(error: &BasketError, manner: &Manner) -> Notice {
    match error {
        BasketError::NotWhole { quantity, .. } | BasketError::Absurd { quantity, .. } => {
            bad_quantity(manner, quantity.clone())
        }
        BasketError::Quantity { .. } => bad_quantity(manner, String::new()),
        BasketError::NoWeight(item) => Notice::WeightNeeded { item: item.clone() },
        BasketError::FixedQuantity(item) => Notice::FixedQuantity { item: item.clone() },
        BasketError::SerialAgain { name, .. } => Notice::SamePiece { item: name.clone() },
        BasketError::TooMuch(_) | BasketError::Full | BasketError::AmountTooHigh(_) => Notice::TooLarge,
        BasketError::NoLine(_) | BasketError::VoidAlready(_) => Notice::LineGone,
        BasketError::Tendered { .. } | BasketError::BelowTendered(_) => Notice::PartlyPaid,
        BasketError::FixedPrice(item) => Notice::FixedPrice { item: item.clone() },
        BasketError::NoDiscount | BasketError::NoSuchDiscount => Notice::BadAmount { amount: String::new() },
        BasketError::TooMuchOff { from, .. } => Notice::DiscountTooLarge { most: manner.money(from.minor) },
        BasketError::TooYoung { name, .. } | BasketError::Age { name, .. } => Notice::TooYoung { item: name.clone() },
        BasketError::BirthDate(_) => Notice::BadDate,
        BasketError::Empty | BasketError::Paid => Notice::EmptyBasket,
        BasketError::NoAmount(amount) => Notice::BadAmount { amount: manner.plain(amount.minor) },
        BasketError::CardTooHigh { due, .. } => Notice::NoChangeFrom { due: manner.money(due.minor) },
        BasketError::Coin { coin, .. } => Notice::NotInCoins { coin: manner.money(coin.minor) },
        BasketError::TooManyTenders | BasketError::OtherTerms | BasketError::Money(_) | BasketError::Tax(_) => {
            Notice::NotDone { why: error.to_string() }
        }
    }
}

fn shift(error: &ShiftError, manner: &Manner) -> Notice {
    match error {
        ShiftError::NotOpen => Notice::ShiftNeeded,
        ShiftError::Amount(money)
        | ShiftError::NotThere(money)
        | ShiftError::Denomination(money)
        | ShiftError::Pieces(money) => Notice::BadAmount { amount: manner.plain(money.minor) },
        ShiftError::Open(_) => Notice::AlreadyDone,
        ShiftError::Form(_) | ShiftError::Money(_) => Notice::NotDone { why: error.to_string() },
    }
}

fn refund(error: &RefundError, manner: &Manner) -> Notice {
    match error {
        RefundError::Nothing => Notice::NothingToRefund,
        RefundError::TooMany { name, left_milli, .. } => {
            Notice::RefundTooMuch { item: name.clone(), left: manner.quantity_text(*left_milli) }
        }
        RefundError::NotWhole(_) => bad_quantity(manner, String::new()),
        RefundError::Voided(_) | RefundError::HasRefunds(_) | RefundError::NotLast { .. } => Notice::CannotVoid,
        RefundError::References { .. } => Notice::ReferenceNeeded,
        RefundError::NoLine { .. } | RefundError::Twice(_) => Notice::LineGone,
        RefundError::NoReason => Notice::ReasonNeeded,
        _ => Notice::NotDone { why: error.to_string() },
    }
}
