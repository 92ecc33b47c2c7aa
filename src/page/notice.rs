//! What the till says after an act, what must be seen to, and what a PIN is needed for: as values, so that the counter
//! decides and the message files speak.

use super::words::{Message, Words};

/// How a notice looks and how urgently it is read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It was done.
    Good,
    /// It was not done.
    Refused,
}

/// What the last act led to. Amounts and names come as the store writes them.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// The code is in no price book.
    UnknownCode {
        /// What was entered.
        code: String,
    },
    /// The barcode does not check out.
    Misread {
        /// What was read.
        code: String,
    },
    /// Nothing was found for these words.
    NothingFound {
        /// What was looked for.
        words: String,
    },
    /// The item's batch is past its date.
    Expired {
        /// The item.
        item: String,
        /// Its date.
        on: String,
    },
    /// The item or batch was called back.
    ItemRecalled {
        /// The item.
        item: String,
    },
    /// The item has no price yet.
    NoPrice {
        /// The item.
        item: String,
    },
    /// The item must be weighed: enter weight * code.
    WeightNeeded {
        /// The item.
        item: String,
    },
    /// The quantity is none, negative or absurd.
    BadQuantity {
        /// What was entered.
        quantity: String,
        /// The most that one line takes.
        most: String,
    },
    /// The amount cannot be read or is none.
    BadAmount {
        /// What was entered.
        amount: String,
    },
    /// The sum would be larger than the till can hold.
    TooLarge,
    /// The discount is more than the price.
    DiscountTooLarge {
        /// The most that may be given.
        most: String,
    },
    /// The tender is taken and does not cover what is due.
    StillDue {
        /// What is still to pay.
        due: String,
    },
    /// A card or voucher may not give change.
    NoChangeFrom {
        /// What is due.
        due: String,
    },
    /// The card needs the terminal's reference.
    ReferenceNeeded,
    /// It looks like a card number, which the till must not keep.
    CardNumber,
    /// The voucher's date has passed.
    VoucherExpired {
        /// Its date.
        on: String,
    },
    /// The voucher is unknown or spent.
    VoucherRefused,
    /// There is nothing in the basket.
    EmptyBasket,
    /// The basket must be finished or put aside first.
    BasketOpen,
    /// The line is not there any more.
    LineGone,
    /// The receipt is not known.
    ReceiptUnknown {
        /// Its number.
        receipt: String,
    },
    /// More should come back than was sold and is left.
    RefundTooMuch {
        /// The item.
        item: String,
        /// What is left.
        left: String,
    },
    /// Nothing was chosen to come back.
    NothingToRefund,
    /// The last sale cannot be voided any more.
    CannotVoid,
    /// A person of this role may not do it.
    NotAllowed,
    /// The number or PIN of the second person is wrong.
    WrongPin {
        /// Tries before the lock.
        tries_left: u32,
    },
    /// A shift must be open.
    ShiftNeeded,
    /// The day or month does not exist.
    BadDate,
    /// The customer is too young: the item is not sold.
    TooYoung {
        /// The item.
        item: String,
    },
    /// The page was older than the till: nothing was done.
    StalePage,
    /// The disk is full or broken: nothing was done.
    DiskTrouble,
    /// What the till's programs say, in their own words: a refusal without a sentence of its own.
    Other {
        /// The sentence.
        text: String,
    },
    /// It was done before; here is its result.
    AlreadyDone,
    /// The basket was put aside.
    BasketSuspended,
    /// A basket was taken up again.
    BasketRecalled {
        /// When it was put aside.
        at: String,
    },
    /// The basket was thrown away.
    BasketAbandoned,
    /// The sale was voided.
    SaleVoided {
        /// Its receipt.
        receipt: String,
    },
    /// Money goes back to the customer.
    Refunded {
        /// How much.
        amount: String,
    },
    /// The drawer was opened.
    DrawerOpened,
    /// The copy is coming.
    CopyPrinting {
        /// The receipt or report.
        number: String,
    },
    /// The money's way is on record.
    MovementBooked {
        /// How much.
        amount: String,
    },
    /// The shift is open.
    ShiftOpened,
    /// The second person allowed it.
    Allowed {
        /// Who.
        by: String,
    },
}

impl Notice {
    /// How it looks.
    pub fn tone(&self) -> Tone {
        match self {
            Notice::AlreadyDone
            | Notice::BasketSuspended
            | Notice::BasketRecalled { .. }
            | Notice::BasketAbandoned
            | Notice::SaleVoided { .. }
            | Notice::Refunded { .. }
            | Notice::DrawerOpened
            | Notice::CopyPrinting { .. }
            | Notice::MovementBooked { .. }
            | Notice::ShiftOpened
            | Notice::StillDue { .. }
            | Notice::Allowed { .. } => Tone::Good,
            _ => Tone::Refused,
        }
    }

    /// Whether it says that nothing was done.
    pub fn is_refusal(&self) -> bool {
        self.tone() == Tone::Refused
    }

    /// Its sentence.
    pub fn text(&self, w: &Words) -> Message {
        match self {
            Notice::UnknownCode { code } => w.unknown_code.with("code", code),
            Notice::Misread { code } => w.misread.with("code", code),
            Notice::NothingFound { words } => w.nothing_found.with("words", words),
            Notice::Expired { item, on } => w.expired.with("item", item).with("on", on),
            Notice::ItemRecalled { item } => w.recalled_item.with("item", item),
            Notice::NoPrice { item } => w.no_price.with("item", item),
            Notice::WeightNeeded { item } => w.weight_needed.with("item", item),
            Notice::BadQuantity { quantity, most } => w.bad_quantity.with("quantity", quantity).with("most", most),
            Notice::LineGone => w.line_gone.clone(),
            Notice::EmptyBasket => w.empty_basket.clone(),
            Notice::BasketOpen => w.basket_open.clone(),
            Notice::TooYoung { item } => w.too_young.with("item", item),
            Notice::BadDate => w.bad_date.clone(),
            Notice::ReceiptUnknown { receipt } => w.receipt_unknown.with("receipt", receipt),
            Notice::RefundTooMuch { item, left } => w.refund_too_much.with("item", item).with("left", left),
            Notice::NothingToRefund => w.nothing_to_refund.clone(),
            Notice::CannotVoid => w.cannot_void.clone(),
            Notice::BadAmount { amount } => w.bad_amount.with("amount", amount),
            Notice::TooLarge => w.too_large.clone(),
            Notice::DiscountTooLarge { most } => w.discount_too_large.with("most", most),
            Notice::StillDue { due } => w.still_due.with("due", due),
            Notice::NoChangeFrom { due } => w.no_change_from.with("due", due),
            Notice::ReferenceNeeded => w.reference_needed.clone(),
            Notice::CardNumber => w.card_number.clone(),
            Notice::VoucherExpired { on } => w.voucher_expired.with("on", on),
            Notice::VoucherRefused => w.voucher_refused.clone(),
            Notice::NotAllowed => w.not_allowed.clone(),
            Notice::WrongPin { tries_left } => w.wrong_pin.with("tries", tries_left),
            Notice::ShiftNeeded => w.shift_needed.clone(),
            Notice::StalePage => w.stale_page.clone(),
            Notice::DiskTrouble => w.disk_trouble.clone(),
            Notice::BasketSuspended => w.basket_suspended.clone(),
            Notice::BasketRecalled { at } => w.basket_recalled.with("at", at),
            Notice::BasketAbandoned => w.basket_abandoned.clone(),
            Notice::SaleVoided { receipt } => w.sale_voided.with("receipt", receipt),
            Notice::Refunded { amount } => w.refunded.with("amount", amount),
            Notice::DrawerOpened => w.drawer_opened.clone(),
            Notice::CopyPrinting { number } => w.copy_printing.with("number", number),
            Notice::MovementBooked { amount } => w.movement_booked.with("amount", amount),
            Notice::ShiftOpened => w.shift_opened.clone(),
            Notice::Allowed { by } => w.allowed.with("by", by),
            Notice::Other { text } => Message::plain(text),
            Notice::AlreadyDone => w.already_done.clone(),
        }
    }
}

/// What must be seen to.
#[derive(Debug, Clone, PartialEq)]
pub enum Alarm {
    /// Receipts wait for the printer.
    ReceiptsWaiting {
        /// How many.
        count: u32,
    },
    /// Nobody knows whether a receipt came out.
    ReceiptUnknown {
        /// Which.
        receipt: String,
    },
    /// The disk is nearly full.
    DiskNearlyFull,
    /// The disk is full: the open basket can be finished, no new one begun.
    DiskFull,
    /// A damaged journal was set aside.
    JournalDamaged,
    /// The till was restored or cloned.
    Forked,
    /// Head office does not accept this till's identity.
    IdentityRefused,
    /// The clock is wrong.
    ClockWrong,
    /// The shift has been open since another day.
    ShiftTooOld {
        /// Since when.
        since: String,
    },
    /// Too much cash in the drawer.
    PickUpDue,
    /// What the till's programs say, in their own words.
    Other {
        /// The sentence.
        text: String,
    },
}

impl Alarm {
    /// Its sentence.
    pub fn text(&self, w: &Words) -> Message {
        match self {
            Alarm::ReceiptsWaiting { count } => w.alarm_receipts_waiting.with("count", count),
            Alarm::ReceiptUnknown { receipt } => w.alarm_receipt_unknown.with("receipt", receipt),
            Alarm::DiskNearlyFull => w.alarm_disk_nearly_full.clone(),
            Alarm::DiskFull => w.alarm_disk_full.clone(),
            Alarm::JournalDamaged => w.alarm_journal_damaged.clone(),
            Alarm::Forked => w.alarm_forked.clone(),
            Alarm::IdentityRefused => w.alarm_identity.clone(),
            Alarm::ClockWrong => w.alarm_clock.clone(),
            Alarm::ShiftTooOld { since } => w.alarm_shift_old.with("since", since),
            Alarm::PickUpDue => w.alarm_pick_up.clone(),
            Alarm::Other { text } => Message::plain(text),
        }
    }
}

/// What another person's PIN is needed for.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A line, or a whole basket, is taken back.
    VoidLine {
        /// The item.
        item: String,
    },
    /// The basket is thrown away.
    Abandon {
        /// Its total.
        total: String,
    },
    /// A discount above what the cashier may give.
    Discount {
        /// How much.
        discount: String,
    },
    /// A refund.
    Refund {
        /// How much.
        amount: String,
    },
    /// The last sale is voided.
    VoidSale {
        /// Its receipt.
        receipt: String,
    },
    /// The drawer is opened without a sale.
    NoSale,
    /// Money leaves the drawer.
    PaidOut {
        /// How much.
        amount: String,
    },
    /// An age is not proven by a date.
    Age {
        /// The item.
        item: String,
    },
    /// The shift is closed.
    CloseShift,
    /// A report is read.
    Report,
}

impl Reason {
    /// The dialog's sentence.
    pub fn text(&self, w: &Words) -> Message {
        match self {
            Reason::VoidLine { item } => w.reason_void_line.with("item", item),
            Reason::Abandon { total } => w.reason_abandon.with("total", total),
            Reason::Discount { discount } => w.reason_discount.with("discount", discount),
            Reason::Refund { amount } => w.reason_refund.with("amount", amount),
            Reason::VoidSale { receipt } => w.reason_void_sale.with("receipt", receipt),
            Reason::NoSale => w.reason_no_sale.clone(),
            Reason::PaidOut { amount } => w.reason_paid_out.with("amount", amount),
            Reason::Age { item } => w.reason_age.with("item", item),
            Reason::CloseShift => w.reason_close_shift.clone(),
            Reason::Report => w.reason_report.clone(),
        }
    }
}
