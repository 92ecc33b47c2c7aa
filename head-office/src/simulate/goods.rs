//! What the tills sell: some baskets of a price book, made and paid by the rules of `domain`, so that head office's
//! recalculation finds them as good as any cashier's.

use evertill_domain::basket::{Basket, BasketError};
use evertill_domain::catalogue::{CatalogueErrors, Item, PriceBook, SoldBy};
use evertill_domain::moment::Moment;
use evertill_domain::quantity::Quantity;
use evertill_domain::random::Seeded;
use evertill_domain::sale::{SaleError, UnnumberedSale};
use evertill_domain::tender::Tender;
use std::path::{Path, PathBuf};

/// How many different baskets there are; each sale is one of them.
pub const BASKETS: u16 = 64;
/// Fewest lines of a basket.
const LINES_MIN: u64 = 2;
/// Most lines of a basket; with the fewest, five on average, as a supermarket's receipts have.
const LINES_MAX: u64 = 8;
/// Most pieces of a line.
const PIECES_MAX: u64 = 3;
/// Customers pay with notes of this, in minor units.
const NOTE_MINOR: i64 = 1_000;
/// The demo's price book: what is sold when none is given.
const DEMO: &str = include_str!("../../../demo/price-book-eu.json");

/// Why there is nothing to sell.
#[derive(Debug, thiserror::Error)]
pub enum GoodsError {
    /// The file cannot be read.
    #[error("{path}: cannot be read ({source}): give the price book's path with --price-book, or leave it out")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no price book.
    #[error("the price book is not good: {0}")]
    Book(#[from] CatalogueErrors),
    /// It has too little to sell.
    #[error("the price book has nothing that is sold by the piece, has a price and needs no age: add an item")]
    Nothing,
    /// A basket of it cannot be made.
    #[error("no basket can be made of the price book: {0}")]
    Basket(#[from] BasketError),
    /// A basket of it is no sale.
    #[error("no sale can be made of the price book: {0}")]
    Sale(#[from] SaleError),
}

/// The baskets that are sold.
#[derive(Debug)]
pub struct Goods {
    price_book: u64,
    sales: Vec<UnnumberedSale>,
}

impl Goods {
    /// Baskets of the price book at `path`, or of the demo's when there is none.
    ///
    /// # Errors
    /// [`GoodsError`] when the file is not there, not good, or has nothing to sell.
    pub fn of(path: Option<&Path>, seed: u64) -> Result<Goods, GoodsError> {
        let json = match path {
            Some(path) => {
                std::fs::read(path).map_err(|source| GoodsError::Unreadable { path: path.to_owned(), source })?
            }
            None => DEMO.as_bytes().to_vec(),
        };
        let book = PriceBook::parse(&json)?;
        let is_plain = |item: &&Item| {
            item.sold_by == SoldBy::Piece && item.age_years.is_none() && item.price_minor > 0 && !item.gtins.is_empty()
        };
        let items: Vec<&Item> = book.items().iter().filter(is_plain).collect();
        if items.is_empty() {
            return Err(GoodsError::Nothing);
        }
        let mut random = Seeded::new(seed);
        let sales = (0..BASKETS).map(|_| sale(&book, &items, &mut random)).collect::<Result<Vec<_>, _>>()?;
        Ok(Goods { price_book: book.version, sales })
    }

    /// Version of the price book that they are of.
    pub fn price_book(&self) -> u64 {
        self.price_book
    }

    /// The body of the entry that sells basket `which` under `receipt_number`: the same text each time.
    pub fn body(&self, which: u16, receipt_number: u64) -> String {
        let sale = self.sales[usize::from(which) % self.sales.len()].clone();
        serde_json::to_string(&sale.number(receipt_number)).expect("a sale has only texts and numbers")
    }
}

/// A basket by chance, paid in cash with whole notes.
fn sale(book: &PriceBook, items: &[&Item], random: &mut Seeded) -> Result<UnnumberedSale, GoodsError> {
    let at: Moment = "2026-05-04".parse().expect("a day that exists");
    let mut basket = Basket::new(book);
    for _ in 0..LINES_MIN + random.up_to(LINES_MAX - LINES_MIN) {
        let item = items[random.up_to(items.len() as u64 - 1) as usize];
        let milli = 1_000 * (1 + random.up_to(PIECES_MAX - 1) as i64);
        let pieces = Quantity::from_milli(milli).expect("a few pieces are within the bounds");
        basket.add(book, item, pieces, &at)?;
    }
    let due_minor = basket.cash_due_minor()?;
    let notes_minor = (due_minor + NOTE_MINOR - 1) / NOTE_MINOR * NOTE_MINOR;
    basket.tender(Tender::Cash { amount_minor: notes_minor.max(due_minor) })?;
    Ok(UnnumberedSale::of(&basket, None)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use evertill_domain::sale::Sale;

    #[test]
    fn every_basket_is_a_sale_that_reconciles_and_its_text_stays() {
        let american = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/price-book-na.json");
        for path in [None, Some(american.as_path())] {
            let goods = Goods::of(path, 3).unwrap();
            for which in 0..BASKETS {
                let body = goods.body(which, 4711);
                let sale: Sale = serde_json::from_str(&body).unwrap();
                assert_eq!((sale.check(), sale.receipt_number), (Ok(()), 4711));
                assert_eq!(goods.body(which, 4711), body);
            }
        }
    }

    #[test]
    fn a_file_that_sells_nothing_is_refused_with_the_remedy() {
        assert!(Goods::of(Some(Path::new("/nowhere.json")), 1).unwrap_err().to_string().contains("--price-book"));
    }
}
