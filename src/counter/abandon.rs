//! Abandon: give the basket up. Nothing is sold; what was in it, and what had been tendered, is recorded, because a basket
//! that vanishes after the money was counted is how tills are robbed.

use super::{Counter, CounterError, CounterReply};
use crate::clock::Moment;
use crate::journal::{Appended, Draft, JournalError, Record};
use evertill_domain::basket::Basket;
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_domain::role::Act;
use serde::{Deserialize, Serialize};

/// Body of the entry that an abandoned basket leaves.
#[derive(Serialize, Deserialize)]
struct Abandoned {
    basket: Basket,
}

impl Counter {
    /// Gives the open basket up; without one nothing happens. What was tendered has to be given back.
    pub async fn abandon(&self, key: IdempotencyKey) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let first = self.journal.find(&key).await?;
        let Some(basket) = desk.kept.basket.clone() else {
            first.map_or(Ok(()), |first| abandoned(&first, &key).map(drop))?;
            return Ok(self.reply(&desk));
        };
        match first {
            // Recorded, and cut off before the basket was taken away: that is done now. Another basket is not touched.
            Some(first) if abandoned(&first, &key)? != basket => return Ok(self.reply(&desk)),
            Some(_) => {}
            None => {
                self.permit(&mut desk, Act::Abandon, Act::Abandon.needs(), None).await?;
                let body = serde_json::to_string(&Abandoned { basket }).expect("a basket holds only text and numbers");
                let Moment { at, business_day } = self.clock.now();
                let draft = Draft::new(at, business_day, Record::plain(Kind::BASKET_ABANDONED, body));
                self.journal.append(key, draft).await?;
            }
        }
        let next = desk.kept.without_basket();
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }
}

/// The basket that was abandoned with `key`.
fn abandoned(first: &Appended, key: &IdempotencyKey) -> Result<Basket, JournalError> {
    if first.entry.kind.as_str() != Kind::BASKET_ABANDONED {
        return Err(JournalError::KeyReused { key: key.clone() });
    }
    let body: Result<Abandoned, _> = serde_json::from_str(&first.entry.body);
    body.map(|body| body.basket).map_err(|error| JournalError::Damaged {
        detail: format!("the basket of entry {} cannot be read: {error}", first.entry.seq),
    })
}
