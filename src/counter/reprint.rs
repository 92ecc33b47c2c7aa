//! Reprint: queue a receipt again, marked COPY, with an entry that says so.

use super::{Counter, CounterError, CounterReply, DeviceCommand};
use crate::clock::Moment;
use crate::journal::Copied;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::role::Act;

impl Counter {
    /// Prints the receipt again. The same key again prints nothing more.
    pub async fn reprint(&self, key: IdempotencyKey, receipt_number: u64) -> Result<CounterReply, CounterError> {
        // The lock makes a double click wait, so that its second half finds the key of the first.
        let mut desk = self.desk().await?;
        self.permit(&mut desk, Act::Reprint, Act::Reprint.needs(), None).await?;
        let repeated = self.journal.find(&key).await?.is_some();
        let Moment { at, business_day } = self.clock.now();
        let job = self.journal.request_copy(key, Copied::Receipt(receipt_number), at, business_day).await?;
        let commands = if repeated { Vec::new() } else { vec![DeviceCommand::Print { job: job.id }] };
        Ok(CounterReply { commands, ..self.reply(&desk) })
    }
}
