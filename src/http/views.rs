//! What the API shows: the JSON shapes, which are the contract with the page and with other programs. Amounts are integers
//! in minor units; times are RFC 3339.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the till says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The till, `region/STORE/number`.
    pub till: String,
    /// Version of the agent.
    pub version: String,
    /// The journal's epoch.
    pub epoch: String,
    /// Number of its last entry.
    pub head: u64,
    /// Version of the price book in force, 0 when there is none.
    pub price_book_version: u64,
    /// Where the journal's delivery stands.
    pub sync: SyncView,
    /// What is known of the devices.
    pub devices: DeviceStates,
    /// Receipts that are not printed yet, the one being printed included.
    pub receipts_waiting: u64,
    /// What is wrong, one plain sentence each; empty when all is well.
    pub alarms: Vec<String>,
}

impl Status {
    /// The strip of truth, in one line: the link, what is unsent, the printer.
    pub fn strip(&self) -> String {
        let SyncView { online, since, locations } = &self.sync;
        let link = if *online { "Online" } else { "Offline" };
        let unsent: Vec<String> =
            locations.iter().map(|location| format!("{} {}", location.unsent, location.name)).collect();
        let unsent = if unsent.is_empty() { "nowhere to send".to_owned() } else { unsent.join(", ") };
        let printer = &self.devices.printer.state;
        let waiting = match self.receipts_waiting {
            0 => String::new(),
            waiting => format!(", receipts waiting: {waiting}"),
        };
        format!("{link} since {since} · unsent: {unsent} · printer {printer}{waiting}")
    }
}

/// Where the journal's delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncView {
    /// Whether head office answers, from any location.
    pub online: bool,
    /// Since when.
    pub since: String,
    /// Each location.
    pub locations: Vec<LocationView>,
}

impl SyncView {
    /// The same at `head`: an entry that the delivery has not noticed yet is unsent all the same.
    pub fn at_head(mut self, head: u64) -> SyncView {
        for location in &mut self.locations {
            location.unsent += head.saturating_sub(location.counted_to);
        }
        self
    }
}

/// One location of head office, as this till sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LocationView {
    /// Its name.
    pub name: String,
    /// Whether it answers.
    pub online: bool,
    /// The last number that is durable there.
    pub watermark: u64,
    /// Entries that it does not have yet.
    pub unsent: u64,
    /// Number of the journal's last entry when `unsent` was counted.
    #[serde(skip)]
    pub counted_to: u64,
}

/// What is known of the devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceStates {
    /// The receipt printer.
    pub printer: DeviceState,
    /// The cash drawer.
    pub drawer: DeviceState,
    /// The barcode scanner.
    pub scanner: DeviceState,
    /// The customer's line display.
    pub display: DeviceState,
    /// The scale.
    pub scale: DeviceState,
    /// The last paper, when nobody knows whether it came out, or when it did not; `/v1/papers/{job}/settle` settles it.
    #[serde(default)]
    pub paper_in_doubt: Option<PaperView>,
}

/// A paper that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperView {
    /// Its print job.
    pub job: i64,
    /// What happened and what to do.
    pub sentence: String,
}

/// What is known of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceState {
    /// How it is connected, as in till.toml: `tcp`, `file`, `serial`, `printer`, `none`.
    pub kind: String,
    /// `ready`, `absent`, `paper_out` ...: a word that programs compare.
    pub state: String,
    /// The same for people; empty when there is nothing to add.
    pub detail: String,
}

/// The open basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BasketView {
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// Its lines, in the order of scanning; a void line stays, marked.
    pub lines: Vec<LineView>,
    /// What the basket costs.
    pub total_minor: i64,
    /// What is tendered so far.
    pub tendered_minor: i64,
    /// What is still to pay.
    pub due_minor: i64,
    /// What is still to pay in cash, rounded to the smallest coin.
    pub cash_due_minor: i64,
    /// What promotions and discounts take off.
    pub taken_off_minor: i64,
    /// The age in years that must be confirmed before payment.
    pub age_to_confirm: Option<u8>,
}

/// One line of the basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineView {
    /// Its number, from 1; stays the same when another line is voided.
    pub line: u32,
    /// The item's GTIN of 14 digits, or its PLU.
    pub code: String,
    /// The item's name.
    pub name: String,
    /// In 1/1000 of the item's unit.
    pub quantity_milli: i64,
    /// Price of one unit.
    pub unit_price_minor: i64,
    /// Price of the line.
    pub amount_minor: i64,
    /// Code of its tax group.
    pub tax: String,
    /// What promotions take off.
    pub savings: Vec<SavingView>,
    /// What was taken off by hand, its part of the basket's discount included.
    pub discount_minor: i64,
    /// What the customer pays for it.
    pub paid_minor: i64,
    /// Whether it was voided: it costs nothing then.
    pub void: bool,
}

/// What a promotion takes off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavingView {
    /// The promotion.
    pub name: String,
    /// How much.
    pub saving_minor: i64,
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemView {
    /// Its first GTIN of 14 digits, or its PLU.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Price of one unit, now.
    pub price_minor: i64,
    /// Whether it is weighed.
    pub weighed: bool,
}

/// A recorded sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SaleView {
    /// Number of its receipt; consecutive at this till.
    pub receipt_number: u64,
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// What was sold, with tax, before cash rounding.
    pub total_minor: i64,
    /// What cash payment added, because there is no smaller coin.
    pub cash_rounding_minor: i64,
    /// What the customer gets back.
    pub change_minor: i64,
}

/// Answer to an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActView {
    /// The basket as it is now.
    pub basket: BasketView,
    /// The sale, when the act completed one.
    pub sale: Option<SaleView>,
    /// What the act recorded, when it was something else than a sale.
    pub recorded: Option<RecordedView>,
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordedView {
    /// Kind of the entry: `refund`, `shift_closed` ...
    pub kind: String,
    /// Number of the entry.
    pub entry: u64,
    /// Number of its receipt, when it has one.
    pub receipt_number: Option<u64>,
    /// What was given back, when money was.
    pub given_back_minor: Option<i64>,
}

/// Who is signed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CashierView {
    /// The number.
    pub number: u32,
    /// The name.
    pub name: String,
    /// `cashier`, `supervisor` or `manager`.
    pub role: String,
}

/// A basket that waits for its customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuspendedView {
    /// Its number.
    pub id: i64,
    /// Since when, RFC 3339.
    pub at: String,
    /// Who put it aside; none in a store without a list of cashiers.
    pub cashier: Option<String>,
    /// How many lines it has.
    pub lines: u64,
    /// Name of its first item.
    pub first: String,
    /// What it costs.
    pub total_minor: i64,
    /// ISO 4217 code of the amount.
    pub currency: String,
}
