//! The selling view: the basket on the left, one panel on the right.
//!
//! Only one panel shows at a time, and each has an address, so that the keyboard, a touch and a browser without scripts
//! reach the same things: `/counter/view?panel=keys&tab=...`, `panel=line&line=...` and so on (the list is in
//! [`super::forms`]).

use super::shift::{MovementKind, Report};

/// The basket and one panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Selling {
    /// What stands in the entry field: what was typed and refused, or empty.
    pub entry: String,
    /// The open basket.
    pub basket: Basket,
    /// What the right side shows.
    pub panel: Panel,
    /// How many baskets are suspended.
    pub suspended: u32,
    /// The currency's mark beside amount fields.
    pub currency: String,
    /// Whether the store sells gift vouchers.
    pub sells_vouchers: bool,
}

/// The open basket.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Basket {
    /// Its lines, the oldest first.
    pub lines: Vec<Line>,
    /// How many pieces, as the customer would count them.
    pub pieces: String,
    /// What stands between lines and due: subtotal, discounts, taxes, cash rounding.
    pub sums: Vec<Sum>,
    /// Tenders already taken.
    pub tendered: Vec<Sum>,
    /// What is still to pay.
    pub due: String,
    /// Whether it is a refund: the due is paid out.
    pub is_refund: bool,
}

impl Basket {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// A line of the basket.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// What its forms hand back.
    pub id: String,
    /// How many or how much, with its unit: "3", "0.532 kg".
    pub quantity: String,
    /// The item's name.
    pub name: String,
    /// The price of one.
    pub unit_price: String,
    /// The price of all.
    pub amount: String,
    /// Savings, discounts and deposits of this line.
    pub notes: Vec<Sum>,
    /// Whether it was taken back: it stays, struck through.
    pub void: bool,
    /// Whether its actions show.
    pub selected: bool,
    /// Whether its quantity may be changed (not so for weighed and price-embedded goods).
    pub can_change_quantity: bool,
    /// Whether there is a scale to weigh it on.
    pub can_weigh: bool,
}

/// A named amount.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sum {
    /// What it is, in the store's words.
    pub name: String,
    /// How much.
    pub amount: String,
}

/// What the right side shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Panel {
    /// Department keys.
    Keys(Keys),
    /// A number pad for the entry field.
    Pad,
    /// What a search found.
    Search(Search),
    /// The selected line's actions.
    Line(Line),
    /// A discount on a line or the whole basket.
    Discount(Discount),
    /// Taking money.
    Tender(Tender),
    /// After the sale.
    Sold(Sold),
    /// Baskets put aside.
    Suspended(Vec<SuspendedBasket>),
    /// Everything that is not daily bread.
    Menu,
    /// Whether the whole basket shall go.
    Abandon,
    /// Which receipt shall be refunded.
    RefundFind,
    /// What of it comes back.
    Refund(Refund),
    /// The last sale, about to be voided.
    VoidSale(PastSale),
    /// Opening the drawer without a sale.
    NoSale,
    /// Receipts that can be copied.
    Copies(Vec<PastSale>),
    /// Selling a gift voucher of any amount.
    SellVoucher,
    /// Money into or out of the drawer.
    CashMovement(MovementKind),
    /// A report that reads and closes nothing.
    XReport(Report),
    /// Z reports that can be printed again.
    ZCopies(Vec<PastShift>),
    /// What each key does.
    Help,
}

/// Department keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Keys {
    /// The departments.
    pub tabs: Vec<Tab>,
    /// The keys of the shown one.
    pub keys: Vec<ItemKey>,
}

/// One department.
#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    /// What the address hands back.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is shown.
    pub selected: bool,
}

/// One key.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemKey {
    /// The code that a press enters.
    pub code: String,
    /// The item's name.
    pub name: String,
    /// Its price, with the unit when it is weighed.
    pub price: String,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// What was looked for.
    pub words: String,
    /// The best, best first.
    pub found: Vec<ItemKey>,
    /// How many more there are.
    pub more: u32,
}

/// A discount on a line or the whole basket.
#[derive(Debug, Clone, PartialEq)]
pub struct Discount {
    /// The line, or `None` for the whole basket.
    pub line: Option<Line>,
    /// Why it may be given: id and name, in the store's words.
    pub reasons: Vec<Choice>,
}

/// One choice of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What the form hands back.
    pub id: String,
    /// What the cashier reads.
    pub name: String,
}

/// Taking money.
#[derive(Debug, Clone, PartialEq)]
pub struct Tender {
    /// The exact amount in cash, after rounding: value handed back, and text.
    pub exact: Option<Choice>,
    /// The next notes a customer would give.
    pub notes: Vec<Choice>,
    /// Which of the tenders the store takes beside cash.
    pub card: bool,
    /// Whether gift vouchers are taken.
    pub voucher: bool,
    /// The amount that the terminal shall take, without the currency.
    pub card_amount: String,
}

/// After the sale.
#[derive(Debug, Clone, PartialEq)]
pub struct Sold {
    /// The receipt's number.
    pub receipt: String,
    /// What was paid.
    pub total: String,
    /// What was given, each tender.
    pub tendered: Vec<Sum>,
    /// What goes back to the customer, or `None`.
    pub change: Option<String>,
    /// What became of the paper.
    pub paper: Paper,
    /// Where the picture of the receipt is.
    pub picture: String,
}

/// What became of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// It is coming.
    Printing,
    /// It came.
    Printed,
    /// It waits for the printer.
    Waiting,
    /// It did not come.
    Failed,
    /// Nobody knows: look at the printer.
    Unknown,
    /// None was asked for.
    None,
}

/// A basket put aside.
#[derive(Debug, Clone, PartialEq)]
pub struct SuspendedBasket {
    /// What the form hands back.
    pub id: String,
    /// When it was put aside.
    pub at: String,
    /// Who did.
    pub cashier: String,
    /// Its first items.
    pub items: String,
    /// Its total.
    pub total: String,
}

/// What of a receipt comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Refund {
    /// The receipt's number, handed back by the form.
    pub receipt: String,
    /// When it was sold.
    pub at: String,
    /// Its lines.
    pub lines: Vec<RefundLine>,
    /// How the money may go back.
    pub tenders: Vec<Choice>,
    /// Why goods come back.
    pub reasons: Vec<Choice>,
    /// Whether head office could not say what other tills already took back.
    pub only_known_here: bool,
}

/// A line that may come back.
#[derive(Debug, Clone, PartialEq)]
pub struct RefundLine {
    /// The line's number on the receipt: the form's field is `take_` and this.
    pub id: String,
    /// The item's name.
    pub name: String,
    /// How many were sold.
    pub sold: String,
    /// How many came back before; empty for none.
    pub returned: String,
    /// The most that can come back, as the number field takes it; "0" when none is left.
    pub left: String,
    /// What one is worth.
    pub unit_price: String,
}

/// A sale of this till.
#[derive(Debug, Clone, PartialEq)]
pub struct PastSale {
    /// The receipt's number.
    pub receipt: String,
    /// When it was.
    pub at: String,
    /// Its items in short.
    pub items: String,
    /// Its total.
    pub total: String,
    /// How many card payments it has: each needs the terminal's reference when it is reversed.
    pub cards: usize,
}

/// A closed shift.
#[derive(Debug, Clone, PartialEq)]
pub struct PastShift {
    /// The Z report's number, handed back by the form.
    pub number: String,
    /// The business day.
    pub business_day: String,
    /// Who closed it.
    pub cashier: String,
    /// What was sold.
    pub total: String,
}
