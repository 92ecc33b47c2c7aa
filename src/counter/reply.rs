//! What the counter answers: the basket as it is now, the sale if one was made, and what the devices have to do.

use evertill_domain::basket::{Basket, BasketLine};
use evertill_domain::cashier::Cashier;
use evertill_domain::catalogue::SoldBy;
use evertill_domain::role::Role;
use evertill_domain::sale::Sale;
use serde::Serialize;

/// ISO 4217 has this code for "no currency": the basket of a till that has no price book yet.
const NO_CURRENCY: &str = "XXX";

/// Answer to a verb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CounterReply {
    /// The basket as it is now.
    pub basket: BasketView,
    /// The sale, when the verb completed one (now, or before with the same key).
    pub sale: Option<SaleView>,
    /// What the verb recorded, when it was something else than a sale (now, or before with the same key).
    pub recorded: Option<RecordedView>,
    /// What the devices have to do; empty when the verb repeats an earlier one.
    pub commands: Vec<DeviceCommand>,
}

/// What a device has to do, now that it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceCommand {
    /// Print a job of the journal. It is a row there and is not lost with this command.
    Print {
        /// Its number.
        job: i64,
    },
    /// A paper in doubt is in doubt no more: say so.
    PaperSettled,
    /// Open the drawer once. It is never repeated: after a crash nobody knows who stands before it.
    OpenDrawer {
        /// Number of the entry that it is opened for.
        for_entry: u64,
    },
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CashierView {
    /// The number.
    pub number: u32,
    /// The name.
    pub name: String,
    /// What they are trusted with.
    pub role: Role,
}

/// A basket that waits for its customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuspendedView {
    /// Its number.
    pub id: i64,
    /// Since when, RFC 3339.
    pub at: String,
    /// Who put it aside; none in a store without a list of cashiers.
    pub cashier: Option<String>,
    /// How many lines it has.
    pub lines: usize,
    /// Name of the first item, by which the cashier knows it again.
    pub first: String,
    /// What it costs.
    pub total_minor: i64,
    /// ISO 4217 code of the amount.
    pub currency: String,
}

/// The open basket; an empty one when none is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BasketView {
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// Its lines, in the order of scanning; a void line stays, marked.
    pub lines: Vec<LineView>,
    /// What it costs, with tax.
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

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// What promotions take off, each by its name.
    pub savings: Vec<(String, i64)>,
    /// What was taken off by hand, its part of the basket's discount included.
    pub discount_minor: i64,
    /// What the customer pays for it.
    pub paid_minor: i64,
    /// Whether its quantity can be changed: not where a label says it.
    pub fixed_quantity: bool,
    /// Whether it is weighed.
    pub weighed: bool,
    /// The age in years that it asks for.
    pub age_years: Option<u8>,
    /// Whether it was voided: it costs nothing then.
    pub void: bool,
}

/// A recorded sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

impl BasketView {
    /// What there is when no basket is open.
    pub(super) fn empty(currency: Option<&str>) -> BasketView {
        BasketView {
            currency: currency.unwrap_or(NO_CURRENCY).to_owned(),
            lines: Vec::new(),
            total_minor: 0,
            tendered_minor: 0,
            due_minor: 0,
            cash_due_minor: 0,
            taken_off_minor: 0,
            age_to_confirm: None,
        }
    }

    /// The view of a basket that was checked when it was changed or read.
    pub(super) fn of(basket: &Basket) -> BasketView {
        let checked = "a basket is taken only when its totals can be calculated";
        let lines: Vec<LineView> = basket.lines().iter().map(LineView::from).collect();
        let taken_off = |line: &LineView| if line.void { 0 } else { line.amount_minor - line.paid_minor };
        BasketView {
            currency: basket.terms().currency.to_string(),
            taken_off_minor: lines.iter().map(taken_off).sum(),
            age_to_confirm: basket.age_to_confirm(),
            lines,
            total_minor: basket.totals().expect(checked).total_minor,
            tendered_minor: basket.tendered_minor().expect(checked),
            due_minor: basket.due_minor().expect(checked),
            cash_due_minor: basket.cash_due_minor().expect(checked),
        }
    }
}

impl From<&BasketLine> for LineView {
    fn from(line: &BasketLine) -> LineView {
        LineView {
            line: line.line,
            code: line.code.clone(),
            name: line.name.clone(),
            quantity_milli: line.quantity_milli.milli(),
            unit_price_minor: line.unit_price_minor,
            amount_minor: line.amount_minor,
            tax: line.tax.clone(),
            savings: line.savings.iter().map(|saving| (saving.name.clone(), saving.saving_minor)).collect(),
            discount_minor: line.discounts_minor(),
            paid_minor: line.paid_minor(),
            fixed_quantity: line.fixed_quantity,
            weighed: line.sold_by == SoldBy::Weight,
            age_years: line.age_years,
            void: line.void,
        }
    }
}

impl From<&Sale> for SaleView {
    fn from(sale: &Sale) -> SaleView {
        SaleView {
            receipt_number: sale.receipt_number,
            currency: sale.currency.to_string(),
            total_minor: sale.total_minor,
            cash_rounding_minor: sale.cash_rounding_minor,
            change_minor: sale.change_minor,
        }
    }
}

impl From<&Cashier> for CashierView {
    fn from(cashier: &Cashier) -> CashierView {
        CashierView { number: cashier.number, name: cashier.name.clone(), role: cashier.role }
    }
}
