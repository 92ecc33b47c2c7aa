//! The totals of a day: the X report reads them, the Z report closes them.
//!
//! A report is a fold over the journal's entries and nothing else, so that it can be computed again from an export at
//! any time: [`Report::of`] all entries equals [`Report::add`] one by one, whatever was saved and loaded in between. A
//! period goes from one Z report to the next in the order of the journal; no clock decides what belongs to it. The Z
//! report is an entry ([`DayClosed`]) that holds its report; the next period begins from it, so that older entries may be
//! pruned.

mod document;
#[cfg(test)]
mod tests;
mod totals;
mod words;

pub use document::{ReportContext, document};
pub use totals::{CashierTotal, GroupTotal, ReceiptNumbers, ShiftTotal, Tally, TenderKind, TenderTotal};

use crate::entry::Entry;
use crate::event::Event;
use crate::ids::BusinessDay;
use crate::money::{Currency, MoneyError, sum_minor};
use crate::refund::{GivenBack, Refund, VoidedSale};
use crate::sale::{Sale, SaleLine};
use crate::shift::{CashMovement, Direction, Shift, ShiftClosed};
use crate::tax::{TaxMode, TaxRow};
use crate::tender::Tender;
use serde::{Deserialize, Serialize};

/// Why a report is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// A day is closed with a counted drawer.
    #[error("shift {0} is open: count the drawer and close it before the day")]
    ShiftOpen(u64),
    /// The entry is in another currency than the period.
    #[error("the entry is in {entry}, the period in {period}")]
    OtherCurrency {
        /// The entry's.
        entry: Currency,
        /// The period's.
        period: Currency,
    },
    /// Its totals do not follow from each other.
    #[error("the report's {0} do not agree")]
    Unequal(&'static str),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The totals of a period. All amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Number of the Z report that closes the period; consecutive at its till, from 1.
    pub z_number: u64,
    /// That of the period's first amount.
    pub currency: Option<Currency>,
    /// First and last receipt of the period.
    pub receipts: Option<ReceiptNumbers>,
    /// Sales, with tax.
    pub sales: Tally,
    /// Refunds, with tax; what went out is positive.
    pub refunds: Tally,
    /// Voided sales, with tax; what went out is positive.
    pub voids: Tally,
    /// Sales that cost less than quantity x price of their lines, and by how much.
    pub discounts: Tally,
    /// What cash added to sales, less what it added to refunds and voids.
    pub cash_rounding_minor: i64,
    /// Tax groups, sales less refunds and voids, by code and rate.
    pub groups: Vec<GroupTotal>,
    /// Tenders, in the order of their kinds.
    pub tenders: Vec<TenderTotal>,
    /// Cash paid into the drawer.
    pub paid_in: Tally,
    /// Bills paid out of it.
    pub paid_out: Tally,
    /// Cash brought to the safe.
    pub picked_up: Tally,
    /// Openings of the drawer without a sale.
    pub no_sales: u64,
    /// Receipts that were printed again.
    pub copies: u64,
    /// Acts that a second person allowed.
    pub overrides: u64,
    /// Who sold and refunded how much, by name.
    pub cashiers: Vec<CashierTotal>,
    /// Shifts that were closed, in their order.
    pub shifts: Vec<ShiftTotal>,
    /// Cash that came in less what went out while no shift was open.
    pub outside_shifts_minor: i64,
    /// Entries of a known kind that could not be counted: a person must look at them.
    pub uncounted: u64,
    /// Turnover of all periods before this one; never reset.
    pub grand_total_before_minor: i64,
    /// The shift, as it is after the last entry.
    pub shift: Shift,
}

/// The day was closed with a Z report: the body of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayClosed {
    /// The day.
    pub business_day: BusinessDay,
    /// What it came to; its number is the Z report's.
    pub report: Report,
    /// Who closed it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

impl Default for Report {
    fn default() -> Report {
        Report::begin(1, 0, Shift::default())
    }
}

impl Report {
    fn begin(z_number: u64, grand_total_before_minor: i64, shift: Shift) -> Report {
        Report {
            z_number,
            currency: None,
            receipts: None,
            sales: Tally::default(),
            refunds: Tally::default(),
            voids: Tally::default(),
            discounts: Tally::default(),
            cash_rounding_minor: 0,
            groups: Vec::new(),
            tenders: Vec::new(),
            paid_in: Tally::default(),
            paid_out: Tally::default(),
            picked_up: Tally::default(),
            no_sales: 0,
            copies: 0,
            overrides: 0,
            cashiers: Vec::new(),
            shifts: Vec::new(),
            outside_shifts_minor: 0,
            uncounted: 0,
            grand_total_before_minor,
            shift,
        }
    }

    /// The open period after `entries`, which begin with the journal's first entry or with a Z report's.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Report {
        let mut report = Report::default();
        entries.into_iter().for_each(|entry| report.add(entry));
        report
    }

    /// Counts `entry`. One that cannot be counted is noted as such, and everything else stays as it was: a bad entry
    /// must not keep a store from closing its day.
    pub fn add(&mut self, entry: &Entry) {
        // On a copy, so that an overflow half-way leaves nothing half counted.
        let mut next = self.clone();
        match Event::of(entry).map(|event| next.apply(&event)) {
            Ok(Ok(())) => *self = next,
            Ok(Err(_)) | Err(_) => self.uncounted = self.uncounted.saturating_add(1),
        }
    }

    /// Sales less refunds and voids, with tax.
    pub fn turnover_minor(&self) -> Result<i64, MoneyError> {
        let less = self.sales.amount_minor.checked_sub(self.refunds.amount_minor);
        less.and_then(|less| less.checked_sub(self.voids.amount_minor)).ok_or(MoneyError::Overflow)
    }

    /// Turnover of all periods up to now; never reset.
    pub fn grand_total_minor(&self) -> Result<i64, MoneyError> {
        sum_minor([self.grand_total_before_minor, self.turnover_minor()?])
    }

    /// Counted less expected, over all closed shifts.
    pub fn over_short_minor(&self) -> Result<i64, MoneyError> {
        sum_minor(self.shifts.iter().map(|shift| shift.over_short_minor))
    }

    /// The Z report: the body of the entry that closes the period. Every shift must be closed.
    pub fn close(&self, business_day: BusinessDay, cashier: Option<String>) -> Result<DayClosed, ReportError> {
        if let Shift::Open(open) = &self.shift {
            return Err(ReportError::ShiftOpen(open.number));
        }
        self.check()?;
        Ok(DayClosed { business_day, report: self.clone(), cashier })
    }

    /// Whether its totals agree: groups and tenders both come to the turnover.
    pub fn check(&self) -> Result<(), ReportError> {
        let turnover = self.turnover_minor()?;
        self.grand_total_minor()?;
        let groups = sum_minor(self.groups.iter().map(|group| group.gross_minor))?;
        let given = sum_minor(self.tenders.iter().map(|tender| tender.given_back.amount_minor))?;
        let taken = sum_minor(self.tenders.iter().map(|tender| tender.taken.amount_minor))?;
        let paid = taken.checked_sub(given).ok_or(MoneyError::Overflow)?;
        if groups != turnover || self.groups.iter().any(|group| !group.is_even()) {
            return Err(ReportError::Unequal("tax groups and turnover"));
        }
        if paid != sum_minor([turnover, self.cash_rounding_minor])? {
            return Err(ReportError::Unequal("tenders and turnover"));
        }
        Ok(())
    }

    fn apply(&mut self, event: &Event) -> Result<(), ReportError> {
        if let Some(number) = event.receipt_number() {
            let first = self.receipts.map_or(number, |receipts| receipts.first);
            self.receipts = Some(ReceiptNumbers { first, last: number });
        }
        if matches!(self.shift, Shift::Closed { .. }) {
            self.outside_shifts_minor = sum_minor([self.outside_shifts_minor, event.cash_minor()?])?;
        }
        match event {
            Event::Sale(sale) => self.sale(sale)?,
            Event::Refund(refund) => self.refund(refund)?,
            Event::VoidSale(void) => self.void(void)?,
            Event::CashMovement(movement) => self.movement(movement)?,
            Event::ShiftOpened(opened) => self.in_currency(opened.currency)?,
            Event::ShiftClosed(closed) => self.shift_closed(closed)?,
            Event::NoSale(_) => self.no_sales += 1,
            Event::ReceiptCopy(_) => self.copies += 1,
            Event::Override(_) => self.overrides += 1,
            Event::DayClosed(closed) => {
                // The entry is right even where this fold began too late to have seen the whole period.
                let Report { z_number, shift, .. } = &closed.report;
                *self = Report::begin(z_number.saturating_add(1), closed.report.grand_total_minor()?, shift.clone());
            }
            Event::SignOn(_) | Event::SignOff(_) | Event::Other => {}
        }
        Ok(self.shift.add(event)?)
    }

    fn in_currency(&mut self, entry: Currency) -> Result<(), ReportError> {
        let period = *self.currency.get_or_insert(entry);
        if period == entry { Ok(()) } else { Err(ReportError::OtherCurrency { entry, period }) }
    }

    fn sale(&mut self, sale: &Sale) -> Result<(), ReportError> {
        self.in_currency(sale.currency)?;
        self.sales.count(sale.total_minor)?;
        self.cash_rounding_minor = sum_minor([self.cash_rounding_minor, sale.cash_rounding_minor])?;
        let off = taken_off_minor(sale)?;
        if off != 0 {
            self.discounts.count(off)?;
        }
        self.taxes(&sale.taxes, 1)?;
        let mut change_minor = sale.change_minor;
        for tender in &sale.tenders {
            // Change is taken off the cash, so that the total is what stays in the drawer.
            let less = if tender.is_cash() { std::mem::take(&mut change_minor) } else { 0 };
            let amount = tender.amount_minor().checked_sub(less).ok_or(MoneyError::Overflow)?;
            totals::tender(&mut self.tenders, TenderKind::from(tender)).taken.count(amount)?;
        }
        Ok(totals::cashier(&mut self.cashiers, &sale.cashier).sales.count(sale.total_minor)?)
    }

    fn refund(&mut self, refund: &Refund) -> Result<(), ReportError> {
        self.in_currency(refund.currency)?;
        self.refunds.count(refund.total_minor)?;
        self.given_back(&refund.given_back, refund.cash_rounding_minor)?;
        self.taxes(&refund.taxes, -1)?;
        Ok(totals::cashier(&mut self.cashiers, &refund.cashier).refunds.count(refund.total_minor)?)
    }

    fn void(&mut self, void: &VoidedSale) -> Result<(), ReportError> {
        self.in_currency(void.currency)?;
        self.voids.count(void.total_minor)?;
        self.given_back(&void.given_back, void.cash_rounding_minor)?;
        self.taxes(&void.taxes, -1)?;
        Ok(totals::cashier(&mut self.cashiers, &void.cashier).voids.count(void.total_minor)?)
    }

    fn given_back(&mut self, given_back: &[GivenBack], cash_rounding_minor: i64) -> Result<(), MoneyError> {
        let rounding = self.cash_rounding_minor.checked_sub(cash_rounding_minor);
        self.cash_rounding_minor = rounding.ok_or(MoneyError::Overflow)?;
        for back in given_back {
            totals::tender(&mut self.tenders, TenderKind::from(back)).given_back.count(back.amount_minor())?;
        }
        Ok(())
    }

    fn taxes(&mut self, rows: &[TaxRow], sign: i64) -> Result<(), MoneyError> {
        rows.iter().try_for_each(|row| totals::group(&mut self.groups, row).count(row, sign))
    }

    fn movement(&mut self, movement: &CashMovement) -> Result<(), ReportError> {
        self.in_currency(movement.currency)?;
        let tally = match movement.direction {
            Direction::PaidIn => &mut self.paid_in,
            Direction::PaidOut => &mut self.paid_out,
            Direction::PickUp => &mut self.picked_up,
        };
        Ok(tally.count(movement.amount_minor)?)
    }

    fn shift_closed(&mut self, closed: &ShiftClosed) -> Result<(), ReportError> {
        self.in_currency(closed.currency)?;
        self.shifts.push(ShiftTotal {
            shift: closed.shift,
            float_minor: closed.float_minor,
            expected_minor: closed.expected_minor,
            counted_minor: closed.counted_minor,
            over_short_minor: closed.over_short_minor,
            cashier: closed.opened_by.clone(),
        });
        Ok(())
    }
}

/// What a sale cost less than quantity x price of its lines: all that was taken off, line by line or as a whole.
fn taken_off_minor(sale: &Sale) -> Result<i64, MoneyError> {
    let full = |line: &SaleLine| line.quantity_milli.price_minor(line.unit_price_minor, sale.rounding);
    let full: Result<Vec<i64>, MoneyError> = sale.lines.iter().map(full).collect();
    let priced = |row: &TaxRow| match sale.tax_mode {
        TaxMode::Inclusive => row.gross_minor,
        TaxMode::Exclusive => row.net_minor,
    };
    sum_minor(full?)?.checked_sub(sum_minor(sale.taxes.iter().map(priced))?).ok_or(MoneyError::Overflow)
}

impl DayClosed {
    /// Whether it says what the journal says: `report` is the fold over the entries before it.
    pub fn check_against(&self, report: &Report) -> Result<(), ReportError> {
        if self.report == *report { self.report.check() } else { Err(ReportError::Unequal("entry and the journal")) }
    }
}

impl From<&Tender> for TenderKind {
    fn from(tender: &Tender) -> TenderKind {
        match tender {
            Tender::Cash { .. } => TenderKind::Cash,
            Tender::Card { .. } => TenderKind::Card,
            Tender::Voucher { .. } => TenderKind::Voucher,
        }
    }
}

impl From<&GivenBack> for TenderKind {
    fn from(back: &GivenBack) -> TenderKind {
        match back {
            GivenBack::Cash { .. } => TenderKind::Cash,
            GivenBack::Card { .. } => TenderKind::Card,
            GivenBack::Voucher { .. } | GivenBack::Restored { .. } => TenderKind::Voucher,
        }
    }
}
