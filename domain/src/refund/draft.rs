//! What is owed for goods that come back, before it is given back.

use super::share::{self, Share};
use super::{GivenBack, Original, Refund, RefundError, RefundLine, Refunded, UnnumberedRefund, check_settled};
use crate::catalogue::{Item, SoldBy, Terms};
use crate::moment::Moment;
use crate::money::{Currency, Money, MoneyError, Rounding, sum_minor};
use crate::quantity::Quantity;
use crate::reason::Reason;
use crate::sale::Sale;
use crate::tax::{self, TaxMode, TaxRow};

/// Pieces of one line of a receipt that come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// The line's number.
    pub line: u32,
    /// How much of it.
    pub quantity: Quantity,
}

/// Goods that come back, and what is owed for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundDraft {
    original: Option<Original>,
    currency: Currency,
    tax_mode: TaxMode,
    rounding: Rounding,
    lines: Vec<RefundLine>,
    taxes: Vec<TaxRow>,
    total_minor: i64,
}

impl RefundDraft {
    /// What is owed for `returned` of `sale`, of which `before` came back already.
    pub fn with_receipt(sale: &Sale, before: &Refunded, returned: &[Returned]) -> Result<RefundDraft, RefundError> {
        let receipt_number = before.original().receipt_number;
        if before.is_voided() {
            return Err(RefundError::Voided(receipt_number));
        }
        if sale.receipt_number != receipt_number {
            return Err(RefundError::Form("sale is another than its refunds before"));
        }
        for (index, one) in returned.iter().enumerate() {
            if returned[..index].iter().any(|other| other.line == one.line) {
                return Err(RefundError::Twice(one.line));
            }
            if !sale.lines.iter().any(|line| line.line == one.line) {
                return Err(RefundError::NoLine { receipt_number, line: one.line });
            }
        }
        let mut pieces = Vec::with_capacity(returned.len());
        for (line, whole) in sale.lines.iter().zip(share::of_sale(sale)?) {
            let Some(one) = returned.iter().find(|one| one.line == line.line) else {
                continue;
            };
            let from = before.before_milli(line.line);
            let to = before.after_milli(line, one.quantity)?;
            let piece = whole.between(from, to, line.quantity_milli.milli(), sale.rounding)?;
            let named = Named { line: line.line, code: &line.code, name: &line.name, tax: &line.tax };
            pieces.push((named, one.quantity, piece));
        }
        let original = Some(before.original().clone());
        RefundDraft::of(original, sale.currency, sale.tax_mode, sale.rounding, &sale.taxes, pieces)
    }

    /// What is owed for goods without a receipt, at the prices of the moment `at` and today's taxes.
    pub fn without_receipt(
        terms: &Terms,
        goods: &[(&Item, Quantity)],
        at: &Moment,
    ) -> Result<RefundDraft, RefundError> {
        let mut priced = Vec::with_capacity(goods.len());
        for (item, quantity) in goods {
            if item.sold_by == SoldBy::Piece && !quantity.is_whole() {
                return Err(RefundError::NotWhole(item.name.clone()));
            }
            priced.push((item.tax.as_str(), quantity.price_minor(item.price_minor_at(at), terms.rounding)?));
        }
        let taxes = tax::rows(terms.tax_mode, terms.rounding, &terms.taxes, priced.iter().copied())?;
        let shares = share::of_lines(terms.tax_mode, &taxes, terms.rounding, &priced)?;
        let codes: Vec<String> = goods.iter().map(|(item, _)| item.code()).collect();
        let mut pieces = Vec::with_capacity(goods.len());
        for (index, ((item, quantity), piece)) in goods.iter().zip(shares).enumerate() {
            let named = Named { line: index as u32 + 1, code: &codes[index], name: &item.name, tax: &item.tax };
            pieces.push((named, *quantity, piece));
        }
        RefundDraft::of(None, terms.currency, terms.tax_mode, terms.rounding, &taxes, pieces)
    }

    fn of(
        original: Option<Original>,
        currency: Currency,
        tax_mode: TaxMode,
        rounding: Rounding,
        taxes: &[TaxRow],
        pieces: Vec<(Named<'_>, Quantity, Share)>,
    ) -> Result<RefundDraft, RefundError> {
        if pieces.is_empty() {
            return Err(RefundError::Nothing);
        }
        let mut lines = Vec::with_capacity(pieces.len());
        let mut shares = Vec::with_capacity(pieces.len());
        for (Named { line, code, name, tax }, quantity_milli, piece) in pieces {
            let (net_minor, tax_minor, gross_minor) = piece.amounts(tax_mode)?;
            let (code, name) = (code.to_owned(), name.to_owned());
            let tax_code = tax.to_owned();
            lines.push(RefundLine {
                line,
                code,
                name,
                quantity_milli,
                net_minor,
                tax_minor,
                gross_minor,
                tax: tax_code,
            });
            shares.push((tax, piece));
        }
        let taxes = share::rows(tax_mode, taxes, &shares)?;
        let total_minor = sum_minor(lines.iter().map(|line| line.gross_minor))?;
        Ok(RefundDraft { original, currency, tax_mode, rounding, lines, taxes, total_minor })
    }

    /// What came back.
    pub fn lines(&self) -> &[RefundLine] {
        &self.lines
    }

    /// What is owed, with tax.
    pub fn total_minor(&self) -> i64 {
        self.total_minor
    }

    /// What is owed in cash when `otherwise_minor` is given back in another way.
    pub fn cash_due_minor(&self, terms: &Terms, otherwise_minor: i64) -> Result<i64, MoneyError> {
        let due = self.total_minor.checked_sub(otherwise_minor).ok_or(MoneyError::Overflow)?;
        self.rounding.to_step(due, terms.cash_rounding_minor)
    }

    /// The refund, when `given_back` is what is owed: cash once at most, in coins of `terms`. Without a receipt it needs
    /// a reason.
    pub fn settle(
        self,
        terms: &Terms,
        given_back: Vec<GivenBack>,
        reason: Option<Reason>,
        cashier: Option<String>,
    ) -> Result<UnnumberedRefund, RefundError> {
        if self.original.is_none() && reason.is_none() {
            return Err(RefundError::NoReason);
        }
        if self.currency != terms.currency {
            return Err(RefundError::OtherCurrency { paid: self.currency, now: terms.currency });
        }
        let cash_rounding_minor = self.cash_rounding_minor(terms, &given_back)?;
        let RefundDraft { original, currency, tax_mode, lines, taxes, total_minor, .. } = self;
        check_settled(currency, total_minor, cash_rounding_minor, &given_back)?;
        Ok(UnnumberedRefund(Refund {
            receipt_number: 0,
            original,
            currency,
            tax_mode,
            lines,
            taxes,
            total_minor,
            cash_rounding_minor,
            given_back,
            reason,
            cashier,
        }))
    }

    fn cash_rounding_minor(&self, terms: &Terms, given_back: &[GivenBack]) -> Result<i64, RefundError> {
        // Only what is free gives nothing back: an amount of zero would hide that somebody forgot one.
        let is_empty = |back: &GivenBack| back.amount_minor() <= 0 && !back.is_cash();
        if given_back.iter().any(|back| is_empty(back) || matches!(back, GivenBack::Restored { .. })) {
            return Err(RefundError::Form("amounts given back must be above zero, and on no voucher of before"));
        }
        if given_back.iter().filter(|back| back.is_cash()).count() > 1 {
            return Err(RefundError::Form("cash is there twice: give it back once"));
        }
        let Some(cash) = given_back.iter().find(|back| back.is_cash()).map(GivenBack::amount_minor) else {
            return Ok(0);
        };
        let otherwise = sum_minor(given_back.iter().filter(|back| !back.is_cash()).map(GivenBack::amount_minor))?;
        let due = self.cash_due_minor(terms, otherwise)?;
        if cash != due || due < 0 {
            let money = |minor| Money::new(minor, self.currency);
            return Err(RefundError::Cash { given: money(cash), due: money(due.max(0)) });
        }
        let rest = self.total_minor.checked_sub(otherwise).ok_or(MoneyError::Overflow)?;
        Ok(cash.checked_sub(rest).ok_or(MoneyError::Overflow)?)
    }
}

/// What a refund line is called.
struct Named<'a> {
    line: u32,
    code: &'a str,
    name: &'a str,
    tax: &'a str,
}

impl Refund {
    /// Whether it gives back what `sale` took for these pieces, when `before` came back before it.
    pub fn check_against(&self, sale: &Sale, before: &Refunded) -> Result<(), RefundError> {
        let returned: Vec<Returned> =
            self.lines.iter().map(|line| Returned { line: line.line, quantity: line.quantity_milli }).collect();
        let draft = RefundDraft::with_receipt(sale, before, &returned)?;
        let same = self.original == draft.original
            && (self.currency, self.tax_mode) == (draft.currency, draft.tax_mode)
            && self.lines == draft.lines
            && self.taxes == draft.taxes;
        if same { self.check() } else { Err(RefundError::Form("amounts are not what the sale took for these pieces")) }
    }
}
