//! Lines: what is added, counted and voided.

use super::{Basket, BasketError, BasketLine, LINES_MAX, QUANTITY_MAX_WHOLE};
use crate::catalogue::{Item, PriceBook, Scanned, SoldBy};
use crate::moment::Moment;
use crate::money::DecimalMark;
use crate::promotion::best::Take;
use crate::quantity::Quantity;
use crate::voucher::VoucherNumber;

impl Basket {
    /// Adds `quantity` of an item of `book` at its price of the moment `at`, and gives the line's number. The same piece
    /// again counts the last line up.
    pub fn add(&mut self, book: &PriceBook, item: &Item, quantity: Quantity, at: &Moment) -> Result<u32, BasketError> {
        let scanned = Scanned { item, quantity: None, pack_price_minor: None, label: None };
        self.add_scanned(book, &scanned, Some(quantity), at)
    }

    /// Adds what was scanned, as [`Basket::add`]. `quantity` is what the cashier typed or the scale says; without it one
    /// piece is added, or what the label says. What a label says cannot be typed over.
    pub fn add_scanned(
        &mut self,
        book: &PriceBook,
        scanned: &Scanned<'_>,
        quantity: Option<Quantity>,
        at: &Moment,
    ) -> Result<u32, BasketError> {
        if self.terms != book.terms {
            return Err(BasketError::OtherTerms);
        }
        let Scanned { item, quantity: on_label, pack_price_minor, label } = scanned;
        let name = || item.name.clone();
        let serial = label.as_ref().and_then(|label| label.serial.as_deref());
        let is_voucher = item.code().parse::<VoucherNumber>().is_ok();
        let fixed_quantity = on_label.is_some() || serial.is_some() || is_voucher;
        let quantity = match (on_label, quantity) {
            (Some(_), Some(_)) => return Err(BasketError::FixedQuantity(name())),
            (None, Some(quantity)) if fixed_quantity && quantity != Quantity::ONE => {
                return Err(BasketError::FixedQuantity(name()));
            }
            (Some(quantity), None) => *quantity,
            (None, Some(quantity)) => quantity,
            (None, None) if item.sold_by == SoldBy::Weight => return Err(BasketError::NoWeight(name())),
            (None, None) => Quantity::ONE,
        };
        let same_serial = |line: &&BasketLine| {
            let other = line.label.as_ref().and_then(|label| label.serial.as_deref());
            !line.void && other.is_some() && other == serial && line.code == item.code()
        };
        if let Some(BasketLine { line, .. }) = self.lines.iter().find(same_serial) {
            return Err(BasketError::SerialAgain { name: name(), line: *line });
        }
        let fixed_price = item.fixed_price || is_voucher;
        self.change(|basket| {
            let takes = if fixed_price { Vec::new() } else { basket.takes(book, item, at) };
            basket.push(BasketLine {
                line: basket.lines.len() as u32 + 1,
                code: item.code(),
                name: name(),
                quantity_milli: quantity,
                sold_by: item.sold_by,
                unit_price_minor: pack_price_minor.unwrap_or_else(|| item.price_minor_at(at)),
                amount_minor: 0, // priced with all others
                tax: item.tax.clone(),
                void: false,
                label: label.clone(),
                fixed_quantity,
                fixed_price,
                age_years: item.age_years,
                takes,
                savings: Vec::new(),
                discount: None,
                basket_discount_minor: 0,
            })
        })
    }

    /// What `item` takes part in. Offers that are new to the basket are kept with it.
    fn takes(&mut self, book: &PriceBook, item: &Item, at: &Moment) -> Vec<Take> {
        let mut takes = Vec::new();
        for (promotion, slot) in book.promotions_of(item, at) {
            let offer = promotion.offer();
            let place = self.offers.iter().position(|other| *other == offer).unwrap_or_else(|| {
                self.offers.push(offer);
                self.offers.len() - 1
            });
            takes.push(Take { offer: place as u32, slot });
        }
        takes
    }

    fn push(&mut self, new: BasketLine) -> Result<u32, BasketError> {
        if let Some(last) = self.lines.last_mut().filter(|last| is_again(last, &new)) {
            let sum = last.quantity_milli.checked_add(new.quantity_milli);
            let sum = sum.map_err(|error| BasketError::Quantity { name: new.name.clone(), error })?;
            last.quantity_milli = sensible(last, sum)?;
            return Ok(last.line);
        }
        sensible(&new, new.quantity_milli)?;
        if self.lines.len() >= LINES_MAX {
            return Err(BasketError::Full);
        }
        let line = new.line;
        self.lines.push(new);
        Ok(line)
    }

    /// Sets how much of a line there is.
    pub fn set_quantity(&mut self, line: u32, quantity: Quantity) -> Result<(), BasketError> {
        self.change(|basket| {
            let found = basket.line_mut(line)?;
            if found.fixed_quantity {
                return Err(BasketError::FixedQuantity(found.name.clone()));
            }
            found.quantity_milli = sensible(found, quantity)?;
            Ok(())
        })
    }

    /// Voids a line: it stays, marked, and costs nothing.
    pub fn void_line(&mut self, line: u32) -> Result<(), BasketError> {
        let voided = self.change(|basket| {
            let found = basket.line_mut(line)?;
            found.void = true;
            found.discount = None;
            Ok(())
        });
        voided.map_err(|error| match error {
            BasketError::BelowTendered(tendered) => BasketError::Tendered { line, tendered },
            other => other,
        })
    }
}

/// `quantity`, when somebody can have meant it of this line.
fn sensible(line: &BasketLine, quantity: Quantity) -> Result<Quantity, BasketError> {
    let text = || quantity.text(DecimalMark::Point);
    if line.sold_by == SoldBy::Piece && !quantity.is_whole() {
        return Err(BasketError::NotWhole { name: line.name.clone(), quantity: text() });
    }
    if quantity.milli() > QUANTITY_MAX_WHOLE * 1_000 {
        return Err(BasketError::Absurd { name: line.name.clone(), quantity: text() });
    }
    Ok(quantity)
}

/// Whether `new` is the same piece once more. A line from which something was taken off by hand is left as it is.
fn is_again(last: &BasketLine, new: &BasketLine) -> bool {
    let counted = |line: &BasketLine| line.sold_by == SoldBy::Piece && !line.fixed_quantity;
    counted(last)
        && counted(new)
        && !last.void
        && last.discount.is_none()
        && (&last.code, &last.tax, &last.label) == (&new.code, &new.tax, &new.label)
        && (last.unit_price_minor, last.fixed_price, last.age_years)
            == (new.unit_price_minor, new.fixed_price, new.age_years)
        && last.takes == new.takes
}
