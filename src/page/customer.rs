//! What the customer sees on a second screen: plain values in, HTML out.

use super::words::{Message, Words};
use super::{Language, written};
use askama::Template;

/// One rendering of the customer's screen. Everything is written in the store's manner already.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerScreen {
    /// The store's name.
    pub store: String,
    /// What happens.
    pub view: CustomerView,
}

/// What happens at the till, as far as it concerns the customer.
#[derive(Debug, Clone, PartialEq)]
pub enum CustomerView {
    /// Nobody serves here.
    Closed,
    /// Somebody serves, and nothing is scanned yet.
    Welcome,
    /// Goods are scanned and paid.
    Selling {
        /// What was scanned; what was taken back is not among it.
        lines: Vec<CustomerLine>,
        /// What is to be paid in all.
        total: String,
        /// What was paid, and what is left, once something was paid.
        paid: Option<(String, String)>,
    },
    /// The sale is done.
    Paid {
        /// What it came to.
        total: String,
        /// What the customer gets back, if anything.
        change: Option<String>,
    },
}

/// One line of the customer's goods.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerLine {
    /// How many, or how much: "3", "0,532 kg".
    pub quantity: String,
    /// The item.
    pub name: String,
    /// What it costs, before what is taken off.
    pub amount: String,
    /// What is taken off, each by its name.
    pub savings: Vec<(String, String)>,
    /// Whether it changed last.
    pub is_new: bool,
}

#[derive(Template)]
#[template(path = "customer_page.html", config = "assets/page/askama.toml")]
struct WholePage<'a> {
    c: &'a CustomerScreen,
    w: &'static Words,
    language: Language,
}

#[derive(Template)]
#[template(path = "customer.html", config = "assets/page/askama.toml")]
struct MainOnly<'a> {
    c: &'a CustomerScreen,
    w: &'static Words,
}

/// The whole page.
pub fn render(screen: &CustomerScreen, language: Language) -> String {
    written(WholePage { c: screen, w: Words::of(language), language }.render())
}

/// The part that changes.
pub fn render_main(screen: &CustomerScreen, language: Language) -> String {
    written(MainOnly { c: screen, w: Words::of(language) }.render())
}

/// The same on a display of two lines: what stands at the left and at the right of each.
pub fn two_lines(screen: &CustomerScreen, language: Language) -> [(String, String); 2] {
    let w = Words::of(language);
    let alone = |text: &Message| (text.to_string(), String::new());
    match &screen.view {
        CustomerView::Closed => [(screen.store.clone(), String::new()), alone(&w.customer_closed)],
        CustomerView::Welcome => [(screen.store.clone(), String::new()), alone(&w.customer_welcome)],
        CustomerView::Selling { total, paid: Some((_, left)), .. } => {
            [(w.customer_total.to_string(), total.clone()), (w.customer_left.to_string(), left.clone())]
        }
        CustomerView::Selling { lines, total, paid: None } => {
            let new = lines.iter().rev().find(|line| line.is_new).or(lines.last());
            let upper = new.map_or_else(Default::default, |line| (named(line), line.amount.clone()));
            [upper, (w.customer_total.to_string(), total.clone())]
        }
        CustomerView::Paid { total, change } => {
            let upper = (w.customer_total.to_string(), total.clone());
            let thanks = || alone(&w.customer_thanks);
            [upper, change.as_ref().map_or_else(thanks, |change| (w.customer_change.to_string(), change.clone()))]
        }
    }
}

fn named(line: &CustomerLine) -> String {
    if line.quantity == "1" { line.name.clone() } else { format!("{} {}", line.quantity, line.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(quantity: &str, name: &str, is_new: bool) -> CustomerLine {
        let (quantity, name) = (quantity.to_owned(), name.to_owned());
        CustomerLine { quantity, name, amount: "1,29 €".to_owned(), savings: Vec::new(), is_new }
    }

    fn shown(view: CustomerView) -> [(String, String); 2] {
        two_lines(&CustomerScreen { store: "Corner".to_owned(), view }, Language::De)
    }

    fn pair(left: &str, right: &str) -> (String, String) {
        (left.to_owned(), right.to_owned())
    }

    #[test]
    fn two_lines_say_what_changed_last_and_what_it_comes_to() {
        let lines = vec![line("3", "Milch", true), line("1", "Brot", false)];
        let view = CustomerView::Selling { lines: lines.clone(), total: "2,58 €".to_owned(), paid: None };
        assert_eq!(shown(view), [pair("3 Milch", "1,29 €"), pair("Summe", "2,58 €")]);
        let paid = Some(("1,00 €".to_owned(), "1,58 €".to_owned()));
        let view = CustomerView::Selling { lines, total: "2,58 €".to_owned(), paid };
        assert_eq!(shown(view), [pair("Summe", "2,58 €"), pair("Noch zu zahlen", "1,58 €")]);
        let view = CustomerView::Paid { total: "2,58 €".to_owned(), change: Some("0,42 €".to_owned()) };
        assert_eq!(shown(view), [pair("Summe", "2,58 €"), pair("Rückgeld", "0,42 €")]);
        assert_eq!(shown(CustomerView::Closed), [pair("Corner", ""), pair("Kasse geschlossen", "")]);
    }
}
