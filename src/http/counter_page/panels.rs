//! The panels at the right of the basket.

use super::past::{PAST_MAX, more, shown_report};
use super::session::Session;
use super::strip;
use super::verb::{named_receipt, receipt_name};
use super::writing::Manner;
use crate::counter::Counter;
use crate::http::state::Context;
use crate::journal::{JobState, JournalError};
use crate::page::selling::{
    Choice, Discount, ItemKey, Keys, Line, Panel, Paper, Refund, RefundLine, Search, Sold, Sum, SuspendedBasket, Tab,
    Tender,
};
use crate::page::shift::MovementKind;
use evertill_domain::catalogue::{Department, Item, PriceBook};
use evertill_domain::event::Event;
use evertill_domain::moment::Moment;
use evertill_domain::shift::Direction;
use evertill_domain::tender::Tender as Paid;
use std::collections::BTreeMap;

/// Most items on the keys of one department.
const KEYS_MAX: usize = 60;
/// What a customer may hand over: the next notes above the sum.
const NOTES_SHOWN: usize = 4;

/// Which panel is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Ask {
    #[default]
    Usual,
    Keys {
        tab: String,
    },
    Pad,
    Search {
        words: String,
    },
    Line {
        line: Option<u32>,
    },
    Discount {
        line: Option<u32>,
    },
    Tender,
    Sold,
    Suspended,
    Menu,
    Abandon,
    RefundFind,
    Refund {
        receipt: String,
    },
    VoidSale,
    NoSale,
    Copies,
    SellVoucher,
    MoveCash {
        direction: Direction,
    },
    XReport,
    CloseShift,
    ShiftClosed,
    DayClosed,
    ZCopies,
    Help,
}

impl Ask {
    /// What the address `/counter/view?...` asks for.
    pub(super) fn read(query: &BTreeMap<String, String>) -> Ask {
        let text = |name: &str| query.get(name).cloned().unwrap_or_default();
        let line = || text("line").parse().ok();
        match text("panel").as_str() {
            "keys" => Ask::Keys { tab: text("tab") },
            "pad" => Ask::Pad,
            "search" => Ask::Search { words: text("words").chars().take(60).collect() },
            "line" => Ask::Line { line: line() },
            "discount" => Ask::Discount { line: line() },
            "tender" => Ask::Tender,
            "sold" => Ask::Sold,
            "suspended" => Ask::Suspended,
            "menu" => Ask::Menu,
            "abandon" => Ask::Abandon,
            "refund" => match text("receipt").chars().take(30).collect::<String>() {
                receipt if receipt.is_empty() => Ask::RefundFind,
                receipt => Ask::Refund { receipt },
            },
            "void-sale" => Ask::VoidSale,
            "no-sale" => Ask::NoSale,
            "copies" => Ask::Copies,
            "cash" => Ask::MoveCash {
                direction: match text("kind").as_str() {
                    "paid_in" => Direction::PaidIn,
                    "paid_out" => Direction::PaidOut,
                    _ => Direction::PickUp,
                },
            },
            "sell-voucher" => Ask::SellVoucher,
            "x-report" => Ask::XReport,
            "close-shift" => Ask::CloseShift,
            "shift-closed" => Ask::ShiftClosed,
            "day-closed" => Ask::DayClosed,
            "z-copies" => Ask::ZCopies,
            "help" => Ask::Help,
            _ => Ask::Usual,
        }
    }

    /// The address that shows it again.
    pub(super) fn here(&self) -> String {
        let line = |line: &Option<u32>| line.map_or_else(String::new, |line| format!("&line={line}"));
        let query = match self {
            Ask::Usual => return "/counter/view".to_owned(),
            Ask::Keys { tab } => format!("keys&tab={tab}"),
            Ask::Pad => "pad".to_owned(),
            Ask::Search { words } => {
                let words = serde_urlencoded::to_string([("words", words)]).unwrap_or_default();
                format!("search&{words}")
            }
            Ask::Line { line: of } => format!("line{}", line(of)),
            Ask::Discount { line: of } => format!("discount{}", line(of)),
            Ask::Tender => "tender".to_owned(),
            Ask::Sold => "sold".to_owned(),
            Ask::Suspended => "suspended".to_owned(),
            Ask::Menu => "menu".to_owned(),
            Ask::Abandon => "abandon".to_owned(),
            Ask::RefundFind => "refund".to_owned(),
            Ask::Refund { receipt } => {
                format!("refund&{}", serde_urlencoded::to_string([("receipt", receipt)]).unwrap_or_default())
            }
            Ask::VoidSale => "void-sale".to_owned(),
            Ask::NoSale => "no-sale".to_owned(),
            Ask::Copies => "copies".to_owned(),
            Ask::MoveCash { direction } => format!("cash&kind={}", kind(*direction).tag()),
            Ask::SellVoucher => "sell-voucher".to_owned(),
            Ask::XReport => "x-report".to_owned(),
            Ask::CloseShift => "close-shift".to_owned(),
            Ask::ShiftClosed => "shift-closed".to_owned(),
            Ask::DayClosed => "day-closed".to_owned(),
            Ask::ZCopies => "z-copies".to_owned(),
            Ask::Help => "help".to_owned(),
        };
        format!("/counter/view?panel={query}")
    }
}

/// What a panel is made of.
pub(super) struct Desk<'a> {
    pub(super) context: &'a Context,
    pub(super) session: &'a Session,
    pub(super) book: &'a PriceBook,
    pub(super) manner: &'a Manner,
    pub(super) lines: &'a [Line],
    /// What is still to pay, and in cash.
    pub(super) due_minor: (i64, i64),
}

impl Desk<'_> {
    fn counter(&self) -> &Counter {
        &self.context.api.counter
    }

    /// The panel that is asked for; the item keys where there is nothing to show.
    pub(super) async fn panel(&self, ask: &Ask) -> Result<Panel, JournalError> {
        Ok(match ask {
            Ask::Keys { tab } => self.keys(tab),
            Ask::Pad => Panel::Pad,
            Ask::Search { words } => self.search(words).await,
            Ask::Line { line } => self.line(*line).map_or_else(|| self.keys(""), Panel::Line),
            Ask::Discount { line } => {
                let line = line.and_then(|line| self.line(Some(line)));
                Panel::Discount(Discount { line, reasons: self.manner.reasons() })
            }
            Ask::Tender => self.tender(),
            Ask::Sold => self.sold().await?.map_or_else(|| self.keys(""), Panel::Sold),
            Ask::Suspended => self.suspended().await,
            Ask::Menu => Panel::Menu,
            Ask::Abandon => Panel::Abandon,
            Ask::RefundFind => Panel::RefundFind,
            Ask::Refund { receipt } => self.refund(receipt).await,
            Ask::VoidSale => {
                let last = self.past_sales(1).await?.pop();
                last.map_or_else(|| Panel::Copies(Vec::new()), Panel::VoidSale)
            }
            Ask::NoSale => Panel::NoSale,
            Ask::Copies => Panel::Copies(self.past_sales(PAST_MAX).await?),
            Ask::SellVoucher => Panel::SellVoucher,
            Ask::MoveCash { direction } => Panel::CashMovement(kind(*direction)),
            Ask::XReport => self.x_report().await,
            Ask::ZCopies => Panel::ZCopies(self.past_days().await?),
            Ask::Help => Panel::Help,
            Ask::Usual | Ask::CloseShift | Ask::ShiftClosed | Ask::DayClosed => self.keys(""),
        })
    }

    fn line(&self, line: Option<u32>) -> Option<Line> {
        let id = line.map(|line| line.to_string());
        let mut open = self.lines.iter().filter(|line| !line.void);
        match id {
            Some(id) => open.find(|line| line.id == id).cloned(),
            None => open.next_back().cloned(),
        }
    }

    fn keys(&self, tab: &str) -> Panel {
        let departments = &self.book.rules.departments;
        let shown = tab.parse().ok().filter(|index| *index < departments.len()).unwrap_or(0);
        let tabs = departments.iter().enumerate();
        let tabs = tabs
            .map(|(index, department)| Tab {
                id: index.to_string(),
                name: department.name.clone(),
                selected: index == shown,
            })
            .collect();
        let at = self.moment();
        let keys = departments.get(shown).map(|department| self.items_of(department)).unwrap_or_default();
        let keys = keys.into_iter().map(|item| self.key(&item.code(), &item.name, item.price_minor_at(&at))).collect();
        Panel::Keys(Keys { tabs, keys })
    }

    /// What the department has keys for; all that belongs to it, where head office chose none.
    fn items_of(&self, department: &Department) -> Vec<&Item> {
        if department.keys.is_empty() {
            let belongs = |item: &&Item| item.department == department.name;
            return self.book.items().iter().filter(belongs).take(KEYS_MAX).collect();
        }
        department.keys.iter().take(KEYS_MAX).filter_map(|code| self.book.by_code(code)).collect()
    }

    fn key(&self, code: &str, name: &str, price_minor: i64) -> ItemKey {
        ItemKey { code: code.to_owned(), name: name.to_owned(), price: self.manner.money(price_minor) }
    }

    fn moment(&self) -> Moment {
        Moment::of(&self.counter().now().0)
    }

    async fn search(&self, words: &str) -> Panel {
        let found = self.counter().search(words).await.unwrap_or_default();
        let found = found.iter().map(|(item, price)| self.key(&item.code(), &item.name, *price)).collect();
        Panel::Search(Search { words: words.to_owned(), found, more: 0 })
    }

    fn tender(&self) -> Panel {
        let (due, cash_due) = self.due_minor;
        let choice = |minor: i64| Choice { id: self.manner.plain(minor), name: self.manner.money(minor) };
        let notes = evertill_domain::shift::denominations(self.manner.currency);
        let mut offered: Vec<i64> =
            notes.iter().filter(|note| **note >= 500).filter_map(|note| next(cash_due, *note)).collect();
        offered.sort_unstable();
        offered.dedup();
        Panel::Tender(Tender {
            exact: (cash_due > 0).then(|| choice(cash_due)),
            notes: offered.into_iter().take(NOTES_SHOWN).map(choice).collect(),
            card: true,
            voucher: true,
            card_amount: self.manner.plain(due.max(0)),
        })
    }

    async fn sold(&self) -> Result<Option<Sold>, JournalError> {
        let Some(number) = self.session.sold else { return Ok(None) };
        let Some(entry) = self.context.api.journal.receipt(number).await? else { return Ok(None) };
        let Ok(Event::Sale(sale)) = Event::of(&entry) else { return Ok(None) };
        let words = self.manner.locale.words();
        let tendered = |tender: &Paid| Sum {
            name: match tender {
                Paid::Cash { .. } => words.cash,
                Paid::Card { .. } => words.card,
                Paid::Voucher { .. } => words.voucher,
            }
            .to_owned(),
            amount: self.manner.money(tender.amount_minor()),
        };
        let paper = match self.context.api.journal.paper_of(number).await? {
            Some(JobState::Printed) => Paper::Printed,
            Some(JobState::Printing) => Paper::Printing,
            // On its way, unless the printer is known to be out of order.
            Some(JobState::Pending) if strip::prints(&self.context.api.devices.borrow().printer) => Paper::Printing,
            Some(JobState::Pending) => Paper::Waiting,
            Some(JobState::Failed) => Paper::Failed,
            Some(JobState::Unknown) => Paper::Unknown,
            None => Paper::None,
        };
        Ok(Some(Sold {
            receipt: number.to_string(),
            total: self.manner.money(sale.total_minor),
            tendered: sale.tenders.iter().map(tendered).collect(),
            change: (sale.change_minor > 0).then(|| self.manner.money(sale.change_minor)),
            paper,
            picture: format!("/counter/receipts/{number}.png"),
        }))
    }

    async fn suspended(&self) -> Panel {
        let waiting = self.counter().suspended().await.unwrap_or_default();
        let shown = waiting.iter().map(|basket| SuspendedBasket {
            id: basket.id.to_string(),
            at: self.manner.clock(&basket.at),
            cashier: basket.cashier.clone().unwrap_or_default(),
            items: more(&basket.first, basket.lines),
            total: self.manner.money(basket.total_minor),
        });
        Panel::Suspended(shown.collect())
    }

    async fn refund(&self, receipt: &str) -> Panel {
        let Some(receipt) = named_receipt(self.counter(), receipt) else { return Panel::RefundFind };
        let Ok(refundable) = self.counter().refundable(&receipt).await else { return Panel::RefundFind };
        let text = |milli| self.manner.quantity_text(milli);
        let line = |line: &evertill_domain::sale::SaleLine| {
            let before = refundable.refunded.before_milli(line.line);
            let left = refundable.refunded.left(line).map_or(0, |quantity| quantity.milli());
            RefundLine {
                id: line.line.to_string(),
                name: line.name.clone(),
                sold: text(line.quantity_milli.milli()),
                returned: if before == 0 { String::new() } else { text(before) },
                left: if left == 0 { "0".to_owned() } else { text(left) },
                unit_price: self.manner.money(line.unit_price_minor),
            }
        };
        let words = self.manner.locale.words();
        let way = |id: &str, name: &str| Choice { id: id.to_owned(), name: name.to_owned() };
        let mut tenders = vec![way("cash", words.cash), way("card", words.card)];
        if self.book.rules.staff.voucher_validity.is_some() {
            tenders.push(way("voucher", words.voucher));
        }
        Panel::Refund(Refund {
            receipt: receipt_name(self.counter(), &receipt),
            at: self.manner.moment(refundable.at.as_str()),
            lines: refundable.sale.lines.iter().map(line).collect(),
            tenders,
            reasons: self.manner.reasons(),
            only_known_here: refundable.only_known_here,
        })
    }

    async fn x_report(&self) -> Panel {
        match self.counter().report().await {
            Ok(totals) => {
                let (at, day) = self.counter().now();
                let shown = shown_report(&totals, self.book, &self.context.api.till, &at, &day, false);
                shown.map_or(Panel::Menu, Panel::XReport)
            }
            Err(_) => Panel::Menu,
        }
    }
}

/// The sum that a customer hands over in notes of one kind: the next one above what is due, not more than it by a note.
fn next(due: i64, note: i64) -> Option<i64> {
    let sum = due.checked_add(note)?.checked_sub(1)? / note * note;
    (due > 0 && sum > due && sum < due + note).then_some(sum)
}

fn kind(direction: Direction) -> MovementKind {
    match direction {
        Direction::PaidIn => MovementKind::PaidIn,
        Direction::PaidOut => MovementKind::PaidOut,
        Direction::PickUp => MovementKind::PickUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_hands_over_the_next_notes_above_the_sum() {
        let notes = [5_000, 2_000, 1_000, 500];
        let offered = |due| notes.iter().filter_map(|note| next(due, *note)).collect::<Vec<i64>>();
        assert_eq!(offered(1_262), [5_000, 2_000, 2_000, 1_500]);
        assert_eq!(offered(1_000), [5_000, 2_000]);
        assert!(offered(0).is_empty());
    }

    #[test]
    fn every_panel_is_found_again_at_its_address() {
        let asks = [
            Ask::Keys { tab: "2".to_owned() },
            Ask::Search { words: "apple & pear".to_owned() },
            Ask::Line { line: Some(3) },
            Ask::Discount { line: None },
            Ask::Refund { receipt: "R1-00000017".to_owned() },
            Ask::MoveCash { direction: Direction::PaidOut },
            Ask::Tender,
            Ask::SellVoucher,
            Ask::ZCopies,
            Ask::Usual,
        ];
        for ask in asks {
            let query = ask.here().split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
            assert_eq!(Ask::read(&serde_urlencoded::from_str(&query).unwrap()), ask);
        }
    }
}
