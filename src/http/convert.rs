//! From the counter's types to what is shown.

use super::views::{ActView, BasketView, LineView, SaleView};
use crate::counter;

impl From<&counter::CounterReply> for ActView {
    fn from(reply: &counter::CounterReply) -> ActView {
        ActView { basket: (&reply.basket).into(), sale: reply.sale.as_ref().map(SaleView::from) }
    }
}

impl From<&counter::BasketView> for BasketView {
    fn from(basket: &counter::BasketView) -> BasketView {
        BasketView {
            currency: basket.currency.clone(),
            lines: basket
                .lines
                .iter()
                .map(|line| LineView {
                    line: line.line,
                    code: line.code.clone(),
                    name: line.name.clone(),
                    quantity_milli: line.quantity_milli,
                    unit_price_minor: line.unit_price_minor,
                    amount_minor: line.amount_minor,
                    tax: line.tax.clone(),
                    void: line.void,
                })
                .collect(),
            total_minor: basket.total_minor,
            tendered_minor: basket.tendered_minor,
            due_minor: basket.due_minor,
            cash_due_minor: basket.cash_due_minor,
        }
    }
}

impl From<&counter::SaleView> for SaleView {
    fn from(sale: &counter::SaleView) -> SaleView {
        SaleView {
            receipt_number: sale.receipt_number,
            currency: sale.currency.clone(),
            total_minor: sale.total_minor,
            cash_rounding_minor: sale.cash_rounding_minor,
            change_minor: sale.change_minor,
        }
    }
}
