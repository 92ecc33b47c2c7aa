//! What the till says after an act: as values, so that the counter decides and the message files speak.

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
    /// The scale never came to rest.
    ScaleMoving,
    /// Nothing lies on the scale.
    ScaleEmpty,
    /// The scale shows less than nothing.
    ScaleBelowZero,
    /// More than the scale can weigh.
    ScaleTooHeavy,
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
    /// The receipt is another till's, and head office does not answer.
    ReceiptAway {
        /// What its barcode says.
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
    /// A few words are missing.
    ReasonNeeded,
    /// The label's price or weight cannot be used.
    LabelRefused {
        /// The item.
        item: String,
    },
    /// A label says how much it is.
    FixedQuantity {
        /// The item.
        item: String,
    },
    /// This very piece was scanned before.
    SamePiece {
        /// The item.
        item: String,
    },
    /// Nothing may be taken off this price.
    FixedPrice {
        /// The item.
        item: String,
    },
    /// An allowed discount is too much for what is left of the basket.
    DiscountGrew,
    /// A part of the basket is paid.
    PartlyPaid,
    /// There are no coins for this amount.
    NotInCoins {
        /// The smallest coin.
        coin: String,
    },
    /// Suspended baskets keep the day open.
    BasketsWait {
        /// How many.
        count: u64,
    },
    /// The suspended basket was taken up elsewhere.
    BasketGone,
    /// Too many baskets wait.
    TooManyWait,
    /// The day cannot be closed before the shift.
    ShiftStillOpen,
    /// There is nothing to sell yet.
    NoPriceBook,
    /// Nobody can sign on.
    NoCashiers,
    /// The day is closed.
    DayClosed,
    /// Something that hardly ever happens, in the till's own words.
    NotDone {
        /// What.
        why: String,
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
            | Notice::DayClosed
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
            Notice::ScaleMoving => w.scale_moving.clone(),
            Notice::ScaleEmpty => w.scale_empty.clone(),
            Notice::ScaleBelowZero => w.scale_below_zero.clone(),
            Notice::ScaleTooHeavy => w.scale_too_heavy.clone(),
            Notice::BadQuantity { quantity, most } => w.bad_quantity.with("quantity", quantity).with("most", most),
            Notice::LineGone => w.line_gone.clone(),
            Notice::EmptyBasket => w.empty_basket.clone(),
            Notice::BasketOpen => w.basket_open.clone(),
            Notice::TooYoung { item } => w.too_young.with("item", item),
            Notice::BadDate => w.bad_date.clone(),
            Notice::ReceiptAway { receipt } => w.receipt_away.with("receipt", receipt),
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
            Notice::FixedPrice { item } => w.fixed_price.with("item", item),
            Notice::DiscountGrew => w.discount_grew.clone(),
            Notice::PartlyPaid => w.partly_paid.clone(),
            Notice::NotInCoins { coin } => w.not_in_coins.with("coin", coin),
            Notice::ReasonNeeded => w.reason_needed.clone(),
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
            Notice::AlreadyDone => w.already_done.clone(),
            Notice::LabelRefused { item } => w.label_refused.with("item", item),
            Notice::FixedQuantity { item } => w.fixed_quantity.with("item", item),
            Notice::SamePiece { item } => w.same_piece.with("item", item),
            Notice::BasketsWait { count } => w.baskets_wait.with("count", count),
            Notice::BasketGone => w.basket_gone.clone(),
            Notice::TooManyWait => w.too_many_wait.clone(),
            Notice::ShiftStillOpen => w.shift_still_open.clone(),
            Notice::NoPriceBook => w.no_price_book.clone(),
            Notice::NoCashiers => w.no_cashiers.clone(),
            Notice::DayClosed => w.day_closed.clone(),
            Notice::NotDone { why } => w.not_done.with("why", why),
        }
    }
}
