//! The X report reads the day, the Z report closes it. Neither waits for the network: both are folds over this till's own
//! journal.

use super::drawer::json;
use super::permit::Permission;
use super::record::Recorded;
use super::{Counter, CounterError, CounterReply, DeviceCommand, Refusal};
use crate::clock::Moment;
use crate::journal::{Copied, Record};
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_domain::paper::XReport;
use evertill_domain::report::Report;
use evertill_domain::role::Act;

impl Counter {
    /// Reads the totals of the day so far, with paper and an entry.
    pub async fn x_report(
        &self,
        key: IdempotencyKey,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let kind = Kind::X_REPORT;
        let act = Recorded { key, act: Act::XReport, kind, permission, opens_drawer: false };
        self.record(&mut desk, act, |desk, cashier| {
            let read = XReport { report: desk.report().clone(), cashier };
            Ok::<_, Refusal>(Record::printed(kind, json(&read)))
        })
        .await
    }

    /// Closes the day with a Z report. Every shift must be closed and no basket may wait: its goods belong to some day.
    pub async fn close_day(
        &self,
        key: IdempotencyKey,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let kind = Kind::DAY_CLOSED;
        let is_basket_open = desk.kept.basket.as_ref().is_some_and(|basket| !basket.is_untouched());
        let waiting = self.journal.suspended().await?.len();
        let Moment { business_day, .. } = self.clock.now();
        let act = Recorded { key, act: Act::CloseDay, kind, permission, opens_drawer: false };
        self.record(&mut desk, act, |desk, cashier| {
            if is_basket_open {
                return Err(Refusal::BasketOpen);
            }
            if waiting > 0 {
                return Err(Refusal::BasketsWait(waiting));
            }
            let closed = desk.report().close(business_day, cashier)?;
            Ok(Record::printed(kind, json(&closed)))
        })
        .await
    }

    /// Prints a Z report again, marked COPY.
    pub async fn reprint_z(
        &self,
        key: IdempotencyKey,
        z_number: u64,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        self.permit(&mut desk, Act::ReprintZ, Act::ReprintZ.needs(), permission).await?;
        let repeated = self.journal.find(&key).await?.is_some();
        let Moment { at, business_day } = self.clock.now();
        let job = self.journal.request_copy(key, Copied::ZReport(z_number), at, business_day).await?;
        let commands = if repeated { Vec::new() } else { vec![DeviceCommand::Print { job: job.id }] };
        Ok(CounterReply { commands, ..self.reply(&desk) })
    }

    /// The totals of the open period, for programs: they are the journal's, always.
    pub async fn report(&self) -> Result<Report, CounterError> {
        let mut desk = self.desk().await?;
        desk.ledger(&self.journal).await?;
        Ok(desk.report().clone())
    }
}
