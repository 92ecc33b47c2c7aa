//! What the customer sees: followed from what happens at the counter, shown on a page of its own and on a line display.
//!
//! | room | what |
//! |---|---|
//! | [`screen`] | what is the case, in the store's manner |
//! | [`routes`] | the page at `/customer` |

mod routes;
mod screen;

pub(super) use routes::{CUSTOMER_PATH, VIEW_PATH, router};
pub use screen::two_lines;

use super::events::Event;
use super::outlet::Outlet;
use super::views::{BasketView, SaleView};
use crate::counter::Counter;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

/// What happens at the till, as far as it concerns the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Customer {
    /// Nobody serves here.
    Closed,
    /// Somebody serves, and nothing is scanned yet.
    Welcome,
    /// Goods are scanned and paid.
    Selling {
        /// The basket.
        basket: BasketView,
        /// The line that changed last.
        new: Option<u32>,
    },
    /// The sale is done; it stands until the next customer's first item.
    Paid(SaleView),
}

impl Customer {
    /// What the customer sees when the basket is this one.
    fn after(&self, basket: BasketView, somebody_serves: bool) -> Customer {
        if !somebody_serves {
            return Customer::Closed;
        }
        if basket.lines.iter().all(|line| line.void) {
            return if matches!(self, Customer::Paid(_)) { self.clone() } else { Customer::Welcome };
        }
        let (before, last) = match self {
            Customer::Selling { basket, new } => (&basket.lines[..], *new),
            _ => (&[][..], None),
        };
        let changed = basket.lines.iter().rev().find(|line| !line.void && !before.contains(line));
        let new = changed.map(|line| line.line).or(last);
        Customer::Selling { basket, new }
    }
}

/// Follows the counter and tells `seen` what the customer sees, until nobody looks any more.
pub async fn follow(outlet: Arc<Outlet>, counter: Arc<Counter>, seen: watch::Sender<Customer>) {
    let mut events = outlet.listen();
    let mut event = None;
    loop {
        let somebody_serves = !counter.must_sign_on() || counter.cashier_view().await.is_some();
        let next = match event.take() {
            Some(Event::Sale(sale)) => Some(Customer::Paid(sale)),
            Some(Event::Basket(basket)) => Some(seen.borrow().after(basket, somebody_serves)),
            Some(Event::Scan { .. } | Event::Device(_) | Event::Sync(_)) => None,
            // At first, and after events were lost: as it is now.
            None | Some(Event::Resync { .. }) => {
                let basket = (&counter.view().await).into();
                Some(seen.borrow().after(basket, somebody_serves))
            }
        };
        if let Some(next) = next {
            seen.send_if_modified(|now| std::mem::replace(now, next.clone()) != next);
        }
        event = match events.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(lost)) => Some(Event::Resync { lost }),
            Err(RecvError::Closed) => return,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::views::LineView;

    fn line(line: u32, quantity_milli: i64) -> LineView {
        LineView {
            line,
            code: "4011".to_owned(),
            name: "Milk".to_owned(),
            quantity_milli,
            unit_price_minor: 129,
            amount_minor: 129,
            tax: "A".to_owned(),
            savings: Vec::new(),
            discount_minor: 0,
            paid_minor: 129,
            void: false,
        }
    }

    fn basket(lines: Vec<LineView>) -> BasketView {
        BasketView {
            currency: "EUR".to_owned(),
            lines,
            total_minor: 129,
            tendered_minor: 0,
            due_minor: 129,
            cash_due_minor: 129,
            taken_off_minor: 0,
            age_to_confirm: None,
        }
    }

    #[test]
    fn the_line_that_changed_last_is_known() {
        let first = Customer::Welcome.after(basket(vec![line(1, 1_000)]), true);
        let second = first.after(basket(vec![line(1, 1_000), line(2, 1_000)]), true);
        let more_of_the_first = second.after(basket(vec![line(1, 2_000), line(2, 1_000)]), true);
        let new = |customer: &Customer| match customer {
            Customer::Selling { new, .. } => *new,
            _ => None,
        };
        assert_eq!((new(&first), new(&second), new(&more_of_the_first)), (Some(1), Some(2), Some(1)));
    }

    #[test]
    fn a_sale_stands_until_the_next_item_and_nobody_serves_at_a_closed_till() {
        let sale = SaleView {
            receipt_number: 1,
            currency: "EUR".to_owned(),
            total_minor: 129,
            cash_rounding_minor: 0,
            change_minor: 71,
        };
        let paid = Customer::Paid(sale);
        assert_eq!(paid.after(basket(Vec::new()), true), paid);
        assert!(matches!(paid.after(basket(vec![line(1, 1_000)]), true), Customer::Selling { .. }));
        assert_eq!(paid.after(basket(Vec::new()), false), Customer::Closed);
        let taken_back = LineView { void: true, ..line(1, 1_000) };
        assert_eq!(Customer::Closed.after(basket(vec![taken_back]), true), Customer::Welcome);
    }
}
