//! Reprint: queue a receipt again, marked COPY, with an entry that says so; and what a person saw of a paper in doubt.

use super::{Counter, CounterError, CounterReply, DeviceCommand};
use crate::clock::Moment;
use crate::journal::{Copied, JobState};
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::role::Act;

impl Counter {
    /// Prints the receipt again. The same key again prints nothing more.
    pub async fn reprint(&self, key: IdempotencyKey, receipt_number: u64) -> Result<CounterReply, CounterError> {
        self.print_copy(key, Copied::Receipt(receipt_number)).await
    }

    /// A person looked at the paper of a print job of which the till does not know whether it came out, and says that it is
    /// whole; else it is printed again, marked COPY. A paper that is no more in doubt stays as it is.
    pub async fn settle_paper(
        &self,
        key: IdempotencyKey,
        job: i64,
        is_whole: bool,
    ) -> Result<CounterReply, CounterError> {
        if !is_whole {
            return self.print_copy(key, Copied::Job(job)).await;
        }
        let mut desk = self.desk().await?;
        let permit = self.permit(&mut desk, Act::Reprint, Act::Reprint.needs(), None).await?;
        let in_doubt = self.journal.last_print_outcome().await?;
        let in_doubt = in_doubt.filter(|paper| paper.job == job && paper.state != JobState::Printed);
        if in_doubt.is_some() {
            let Moment { at, business_day } = self.clock.now();
            let detail = format!("{} saw that it is whole", permit.cashier.as_deref().unwrap_or("the cashier"));
            self.journal.set_print_job(job, JobState::Printed, &detail, at, business_day).await?;
        }
        Ok(CounterReply { commands: vec![DeviceCommand::PaperSettled], ..self.reply(&desk) })
    }

    async fn print_copy(&self, key: IdempotencyKey, copied: Copied) -> Result<CounterReply, CounterError> {
        // The lock makes a double click wait, so that its second half finds the key of the first.
        let mut desk = self.desk().await?;
        self.permit(&mut desk, Act::Reprint, Act::Reprint.needs(), None).await?;
        let repeated = self.journal.find(&key).await?.is_some();
        let Moment { at, business_day } = self.clock.now();
        let job = self.journal.request_copy(key, copied, at, business_day).await?;
        let commands = if repeated { Vec::new() } else { vec![DeviceCommand::Print { job: job.id }] };
        Ok(CounterReply { commands, ..self.reply(&desk) })
    }
}
