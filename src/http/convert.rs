//! From the counter's types to what is shown.

use super::views::{ActView, BasketView, CashierView, LineView, RecordedView, SaleView, SavingView, SuspendedView};
use crate::counter;
use evertill_domain::role::Role;

impl From<&counter::CounterReply> for ActView {
    fn from(reply: &counter::CounterReply) -> ActView {
        ActView {
            basket: (&reply.basket).into(),
            sale: reply.sale.as_ref().map(SaleView::from),
            recorded: reply.recorded.as_ref().map(RecordedView::from),
        }
    }
}

impl From<&counter::RecordedView> for RecordedView {
    fn from(recorded: &counter::RecordedView) -> RecordedView {
        let counter::RecordedView { kind, entry, receipt_number, given_back_minor } = recorded;
        RecordedView {
            kind: kind.clone(),
            entry: *entry,
            receipt_number: *receipt_number,
            given_back_minor: *given_back_minor,
        }
    }
}

impl From<&counter::CashierView> for CashierView {
    fn from(cashier: &counter::CashierView) -> CashierView {
        let role = match cashier.role {
            Role::Cashier => "cashier",
            Role::Supervisor => "supervisor",
            Role::Manager => "manager",
        };
        CashierView { number: cashier.number, name: cashier.name.clone(), role: role.to_owned() }
    }
}

impl From<&counter::SuspendedView> for SuspendedView {
    fn from(basket: &counter::SuspendedView) -> SuspendedView {
        SuspendedView {
            id: basket.id,
            at: basket.at.clone(),
            cashier: basket.cashier.clone(),
            lines: basket.lines as u64,
            first: basket.first.clone(),
            total_minor: basket.total_minor,
            currency: basket.currency.clone(),
        }
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
                    savings: (line.savings.iter())
                        .map(|(name, saving_minor)| SavingView { name: name.clone(), saving_minor: *saving_minor })
                        .collect(),
                    discount_minor: line.discount_minor,
                    paid_minor: line.paid_minor,
                    void: line.void,
                })
                .collect(),
            total_minor: basket.total_minor,
            tendered_minor: basket.tendered_minor,
            due_minor: basket.due_minor,
            cash_due_minor: basket.cash_due_minor,
            taken_off_minor: basket.taken_off_minor,
            age_to_confirm: basket.age_to_confirm,
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
