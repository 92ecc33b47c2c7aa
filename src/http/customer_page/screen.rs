//! What the customer sees, in the store's manner.

use super::Customer;
use crate::http::counter_page::Manner;
use crate::http::views::{BasketView, LineView};
use crate::page::Language;
use crate::page::customer::{self, CustomerLine, CustomerScreen, CustomerView};
use evertill_domain::catalogue::PriceBook;

/// The screen, and the language it speaks. Without a price book the till sells nothing yet.
pub(super) fn screen(customer: &Customer, book: Option<&PriceBook>) -> (CustomerScreen, Language) {
    let Some(book) = book else {
        return (CustomerScreen { store: String::new(), view: CustomerView::Closed }, Language::default());
    };
    let manner = Manner::of(book);
    let view = match customer {
        Customer::Closed => CustomerView::Closed,
        Customer::Welcome => CustomerView::Welcome,
        Customer::Selling { basket, new } => selling(basket, *new, &manner),
        Customer::Paid(sale) => CustomerView::Paid {
            total: manner.money(sale.total_minor.saturating_add(sale.cash_rounding_minor)),
            change: (sale.change_minor > 0).then(|| manner.money(sale.change_minor)),
        },
    };
    (CustomerScreen { store: book.store.name.clone(), view }, manner.language())
}

/// The same in the words of a line display: left and right of each line.
pub fn two_lines(customer: &Customer, book: Option<&PriceBook>) -> [(String, String); 2] {
    let (screen, language) = screen(customer, book);
    customer::two_lines(&screen, language)
}

fn selling(basket: &BasketView, new: Option<u32>, manner: &Manner) -> CustomerView {
    let open = basket.lines.iter().filter(|line| !line.void);
    let paid = || (manner.money(basket.tendered_minor), manner.money(basket.due_minor));
    CustomerView::Selling {
        lines: open.map(|of| line(of, new == Some(of.line), manner)).collect(),
        total: manner.money(basket.total_minor),
        paid: (basket.tendered_minor > 0).then(paid),
    }
}

fn line(line: &LineView, is_new: bool, manner: &Manner) -> CustomerLine {
    let mut savings: Vec<(String, String)> =
        line.savings.iter().map(|saving| (saving.name.clone(), manner.money(-saving.saving_minor))).collect();
    if line.discount_minor > 0 {
        savings.push((manner.locale.words().discount.to_owned(), manner.money(-line.discount_minor)));
    }
    CustomerLine {
        quantity: manner.quantity_text(line.quantity_milli),
        name: line.name.clone(),
        amount: manner.money(line.amount_minor),
        savings,
        is_new,
    }
}
