//! The contract between the page and whoever serves it: every path and every field.
//!
//! Every form is form-encoded, POSTs, and has `key`, the idempotency key of the rendering it stands in; each is answered
//! with [`super::render_main`] (or with the whole page when the request has no `HX-Request` header; the page takes what it
//! needs of either). Amounts and quantities are texts as they were typed: the server parses them in the store's manner. A
//! rendering does one act: the script lets no second form go before the answer, and fetches a fresh rendering (with a
//! fresh key) when a request failed, so that one key never means two acts.
//!
//! | POST path | form | fields beside `key` |
//! |---|---|---|
//! | `/counter/sign-on` | [`SignOn`] | `cashier`, `pin` |
//! | `/counter/sign-off` | [`KeyOnly`] | |
//! | `/counter/open-shift` | [`OpenShift`] | `float` or `count_{id}` ... |
//! | `/counter/scan` | [`Scan`] | `entry`, `by` = `typed`, `scanner` or `key` |
//! | `/counter/quantity` | [`Quantity`] | `line`, `quantity` |
//! | `/counter/void-line` | [`LineOnly`] | `line` |
//! | `/counter/weigh` | [`LineOnly`] | `line`: its quantity is what lies on the scale |
//! | `/counter/discount` | [`Discount`] | `line` (empty: basket), `how` = `percent` or `amount`, `value`, `reason` |
//! | `/counter/sell-voucher` | [`SellVoucher`] | `amount` |
//! | `/counter/tender` | [`Tender`] | `tender` = `cash`, `card` or `voucher`, `amount`, `reference` |
//! | `/counter/suspend` | [`KeyOnly`] | |
//! | `/counter/recall` | [`Recall`] | `basket` |
//! | `/counter/abandon` | [`KeyOnly`] | |
//! | `/counter/refund/find` | [`RefundFind`] | `receipt` |
//! | `/counter/refund/open` | [`KeyOnly`] | begins a refund without receipt: lines are scanned |
//! | `/counter/refund` | [`Refund`] | `receipt`, `reason`, `tender`, `reference` (card), `take_{line}` ... |
//! | `/counter/void-sale` | [`VoidSale`] | `receipt`, `reference_{n}` ... for each card payment |
//! | `/counter/no-sale` | [`NoSale`] | `reason` |
//! | `/counter/copy` | [`ReceiptOnly`] | `receipt` |
//! | `/counter/paper` | [`Paper`] | `job`, `decision` = `whole` or `copy`: what a person saw of a paper in doubt |
//! | `/counter/cash-movement` | [`CashMovement`] | `kind` = `paid_in`, `paid_out` or `pick_up`, `amount`, `reason` |
//! | `/counter/x-report` | [`KeyOnly`] | prints the X report |
//! | `/counter/close-shift` | [`CloseShift`] | `count_{id}` ... |
//! | `/counter/close-day` | [`KeyOnly`] | closes the day with the Z report |
//! | `/counter/z-copy` | [`ZCopy`] | `number` |
//! | `/counter/override` | [`Override`] | `pending`, `supervisor`, `pin`, `decision` = `allow` or `cancel` |
//! | `/counter/age` | [`Age`] | `pending`, `day`, `month`, `year`, `decision` = `born`, `override` or `refuse` |
//!
//! GETs show and change nothing. `/counter` is the page; `/counter/view` is the panel that fits the moment, and
//! `/counter/view?panel=` takes `keys` (`&tab=`), `pad`, `search` (`&words=`), `line` (`&line=`; without: the last one),
//! `discount` (`&line=`; without: the basket), `tender`, `suspended`, `menu`, `abandon`, `refund`, `void-sale`, `no-sale`,
//! `copies`, `sell-voucher`, `cash` (`&kind=`), `x-report`, `close-shift`, `z-copies`, `help`. `/counter/events` sends server-sent events
//! named `changed`; `/counter/assets/{path}` serves [`super::asset`]; the picture of a receipt is at the address that
//! [`super::selling::Sold::picture`] gives.

mod cash;

pub use cash::{CashMovement, CloseShift, Movement, NoSale, OpenShift, ZCopy};

use serde::Deserialize;
use std::collections::BTreeMap;

/// The page's address.
pub const PAGE_PATH: &str = "/counter";
/// Shows a panel.
pub const VIEW_PATH: &str = "/counter/view";
/// Server-sent events.
pub const EVENTS_PATH: &str = "/counter/events";
/// Before the path of an asset.
pub const ASSETS_PATH: &str = "/counter/assets/";

/// A form that says nothing but "do it".
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct KeyOnly {
    /// Idempotency key.
    pub key: String,
}

/// Signs a cashier on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SignOn {
    /// Idempotency key.
    pub key: String,
    /// The cashier's number.
    pub cashier: String,
    /// The PIN.
    pub pin: String,
}

/// Who filled the entry field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryBy {
    /// A person: code, `3*code`, `0.532*code` or words to search for.
    #[default]
    Typed,
    /// A keyboard wedge: a code and nothing else.
    Scanner,
    /// A department key or a search result: a code and nothing else.
    Key,
}

/// Enters something into the basket.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Scan {
    /// Idempotency key.
    pub key: String,
    /// What was entered.
    pub entry: String,
    /// By whom.
    #[serde(default)]
    pub by: EntryBy,
}

/// Changes a line's quantity.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Quantity {
    /// Idempotency key.
    pub key: String,
    /// The line.
    pub line: String,
    /// How many.
    pub quantity: String,
}

/// Names a line: to be taken back, or weighed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LineOnly {
    /// Idempotency key.
    pub key: String,
    /// The line.
    pub line: String,
}

/// In what a discount is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountIn {
    /// Percent of the price.
    Percent,
    /// Money.
    Amount,
}

/// Gives a discount.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Discount {
    /// Idempotency key.
    pub key: String,
    /// The line; empty for the basket.
    #[serde(default)]
    pub line: String,
    /// Percent or money.
    pub how: DiscountIn,
    /// How much.
    pub value: String,
    /// Id of the reason.
    pub reason: String,
}

/// With what is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins.
    Cash,
    /// A card, at the terminal beside the till.
    Card,
    /// A gift voucher.
    Voucher,
}

/// Takes a tender.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Tender {
    /// Idempotency key.
    pub key: String,
    /// With what.
    pub tender: TenderKind,
    /// How much; empty is what is due.
    #[serde(default)]
    pub amount: String,
    /// The terminal's reference, or the voucher's number; empty for cash.
    #[serde(default)]
    pub reference: String,
}

/// Takes a suspended basket up again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Recall {
    /// Idempotency key.
    pub key: String,
    /// The basket's id.
    pub basket: String,
}

/// Looks a receipt up.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RefundFind {
    /// Idempotency key.
    pub key: String,
    /// Its number, or what its barcode says.
    pub receipt: String,
}

/// Gives money back for lines of a receipt.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Refund {
    /// Idempotency key.
    pub key: String,
    /// The receipt's number.
    pub receipt: String,
    /// Id of the reason.
    pub reason: String,
    /// Id of the way the money goes back.
    pub tender: String,
    /// The terminal's reference, when the money goes back to a card.
    #[serde(default)]
    pub reference: String,
    /// `take_{line}`: how many of each line come back.
    #[serde(flatten)]
    pub takes: BTreeMap<String, String>,
}

/// Adds a new gift voucher to the basket.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SellVoucher {
    /// Idempotency key.
    pub key: String,
    /// What it shall be worth.
    pub amount: String,
}

/// Names a receipt to be printed again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ReceiptOnly {
    /// Idempotency key.
    pub key: String,
    /// The receipt's number.
    pub receipt: String,
}

/// What a person saw of a paper of which the till does not know whether it came out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Paper {
    /// Idempotency key.
    pub key: String,
    /// Its print job.
    pub job: String,
    /// What they saw.
    pub decision: PaperDecision,
}

/// What is to become of a paper in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperDecision {
    /// It is whole.
    Whole,
    /// It is not, or not there: it is printed again, marked COPY.
    Copy,
}

/// Takes the last sale back.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct VoidSale {
    /// Idempotency key.
    pub key: String,
    /// The receipt's number.
    pub receipt: String,
    /// `reference_{n}`: what the terminal printed when it reversed the n-th card payment.
    #[serde(flatten)]
    pub references: BTreeMap<String, String>,
}

/// What the second person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideDecision {
    /// It may be done, if the PIN is right.
    Allow,
    /// It is given up.
    Cancel,
}

/// Another person's PIN.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Override {
    /// Idempotency key.
    pub key: String,
    /// What waits.
    pub pending: String,
    /// Their number.
    #[serde(default)]
    pub supervisor: String,
    /// Their PIN.
    #[serde(default)]
    pub pin: String,
    /// What they decided.
    pub decision: OverrideDecision,
}

/// How the age question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeDecision {
    /// Here is the birth date.
    Born,
    /// A supervisor shall decide.
    Override,
    /// The item is not sold.
    Refuse,
}

/// The customer's birth date.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Age {
    /// Idempotency key.
    pub key: String,
    /// What waits.
    pub pending: String,
    /// The day of the month.
    #[serde(default)]
    pub day: String,
    /// The month, as a number.
    #[serde(default)]
    pub month: String,
    /// The year.
    #[serde(default)]
    pub year: String,
    /// How it ended.
    pub decision: AgeDecision,
}

/// The texts of numbered fields, such as `count_5000` or `take_2`: id and text, without those left empty.
pub fn numbered<'a>(
    fields: &'a BTreeMap<String, String>,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
    fields
        .iter()
        .filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, text.trim())))
        .filter(|(_, text)| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_left_empty_are_not_counted() {
        let fields = [("count_5000", "2"), ("count_1", " "), ("other", "7")];
        let fields = fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        assert_eq!(numbered(&fields, "count_").collect::<Vec<_>>(), [("5000", "2")]);
    }
}
