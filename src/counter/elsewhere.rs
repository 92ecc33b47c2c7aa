//! What came back at other tills. Head office is asked before the desk is taken: nobody's selling waits for its answer.

use super::Counter;
use evertill_domain::entry::Entry;
use evertill_domain::refund::Original;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Asks head office for a sale and what came back of it at any till; `None` when it does not answer. Ends by itself.
pub type Elsewhere = Arc<dyn Fn(Original) -> BoxFuture<'static, Option<Vec<Entry>>> + Send + Sync>;

impl Counter {
    /// From now on head office is asked through `elsewhere`. Only the first call counts.
    pub fn connect(&self, elsewhere: Elsewhere) {
        let _ = self.elsewhere.set(elsewhere);
    }

    /// The receipt of this store with this number; of this till, when no till is named.
    pub fn receipt_of(&self, till: Option<u16>, receipt_number: u64) -> Original {
        let mut original = Original { till: self.till.clone(), receipt_number };
        original.till.number = till.unwrap_or(original.till.number);
        original
    }

    /// Whether `receipt` is one of this till.
    pub fn is_own(&self, receipt: &Original) -> bool {
        receipt.till == self.till
    }

    /// What head office knows of `receipt`; `None` when it does not answer.
    pub(super) async fn ask_elsewhere(&self, receipt: &Original) -> Option<Vec<Entry>> {
        match self.elsewhere.get() {
            Some(ask) => ask(receipt.clone()).await,
            None => None,
        }
    }
}
