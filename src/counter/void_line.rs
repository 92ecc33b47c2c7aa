//! Void a line: it stays in the basket, marked, and costs nothing.

use super::{Counter, CounterError, CounterReply, Refusal};
use evertill_domain::basket::BasketError;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::role::Act;

impl Counter {
    /// Voids line `line` of the open basket.
    pub async fn void_line(&self, key: IdempotencyKey, line: u32) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let what = format!("void line {line}");
        if desk.kept.did(&key, &what)? {
            return Ok(self.reply(&desk));
        }
        self.permit(&mut desk, Act::VoidLine, Act::VoidLine.needs(), None).await?;
        let mut next = desk.kept.clone();
        let basket = next.basket.as_mut().ok_or(Refusal::Basket(BasketError::NoLine(line)))?;
        basket.void_line(line)?;
        next.remember(key, &what);
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }
}
