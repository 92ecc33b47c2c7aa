//! Gift vouchers: sold like goods, taken like money.

use super::{Counter, CounterError, CounterReply, Refusal};
use crate::clock::Moment as Now;
use evertill_domain::basket::Basket;
use evertill_domain::catalogue::{Item, PieceLabel, Scanned, SoldBy};
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::moment::Moment;
use evertill_domain::money::Money;
use evertill_domain::voucher::VoucherNumber;

impl Counter {
    /// Adds a new voucher of `amount_minor` to the basket. It is worth something once it is paid for, and its slip is
    /// printed behind the receipt.
    pub async fn sell_voucher(&self, key: IdempotencyKey, amount_minor: i64) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let what = format!("voucher of {amount_minor}");
        if desk.kept.did(&key, &what)? {
            return Ok(self.reply(&desk));
        }
        let book = desk.book.clone().ok_or(Refusal::NoPriceBook)?;
        let validity = book.rules.staff.voucher_validity.ok_or(Refusal::NoVouchers)?;
        self.may_sell(&mut desk).await?;
        let number = VoucherNumber::mint(random()?);
        let tax = desk.vouchers().issue(&number, amount_minor, &book.terms).map_err(Refusal::from)?.to_owned();
        let Now { at, business_day } = self.clock.now();
        let item = Item {
            gtins: Vec::new(),
            plu: Some(number.as_str().to_owned()),
            name: book.store.locale.words().voucher.to_owned(),
            department: String::new(),
            price_minor: amount_minor,
            price_changes: Vec::new(),
            tax,
            sold_by: SoldBy::Piece,
            age_years: None,
            fixed_price: true,
        };
        let label = PieceLabel { expiry: Some(validity.last_day(&business_day)), ..PieceLabel::default() };
        let scanned = Scanned { item: &item, quantity: None, pack_price_minor: None, label: Some(label) };
        let mut next = desk.kept.clone();
        let basket = next.basket.get_or_insert_with(|| Basket::new(&book));
        basket.add_scanned(&book, &scanned, None, &Moment::of(&at))?;
        next.remember(key, &what);
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }

    /// Pays with a voucher: all that is left of it, or what is due.
    pub async fn tender_voucher(&self, key: IdempotencyKey, number: &str) -> Result<CounterReply, CounterError> {
        let number: VoucherNumber = number.parse().map_err(Refusal::VoucherNumber)?;
        let today = self.clock.now().business_day;
        self.take(key, &format!("voucher {}", number.as_str()), |desk, basket| {
            let due = Money::new(basket.due_minor()?, basket.terms().currency);
            Ok(desk.vouchers().redeem(&number, due, basket.tenders(), &today)?)
        })
        .await
    }
}

pub(super) fn random() -> Result<u64, Refusal> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::NoRandom)?;
    Ok(u64::from_le_bytes(bytes))
}
