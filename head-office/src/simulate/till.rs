//! One till: it sells when its time comes, and its failover and its outboxes decide what it says to whom.

use super::Shared;
use super::fleet::Member;
use super::ledger::Ledger;
use super::line::Wire;
use super::questions::{self, Answer, Call, Failure, Reply};
use evertill_domain::entry::Hash;
use evertill_domain::failover::{self, Failover, Fault, Mode};
use evertill_domain::ids::Location;
use evertill_domain::outbox::{Command, Head, Outbox, Refusal};
use evertill_domain::random::Seeded;
use evertill_domain::wire::{BATCH_MAX_BYTES, Heartbeat, HeartbeatAck, JournalAck, Ready, WatermarkAnswer};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// When nothing is due, look again after this long all the same.
const IDLE_MS: u64 = 1_000;
/// Bodies of one batch, as the agent has it.
const BODIES_MAX_BYTES: usize = BATCH_MAX_BYTES / 2;
/// Tills are not switched on all at once: their first word is spread over this, in milliseconds.
const START_SPREAD_MS: u64 = 10_000;

/// What a request was for.
#[derive(Debug)]
enum Purpose {
    Probe,
    Heartbeat,
    Watermark,
    Batch { after_seq: u64, entries: u32 },
}

/// A request that came back.
struct Landed {
    at: usize,
    purpose: Purpose,
    reply: Result<Reply, Failure>,
}

/// A location, as the till sees it.
struct Site {
    name: Location,
    outbox: Outbox,
    wire: Arc<Mutex<Wire>>,
}

/// A till of the simulation.
pub struct Till {
    member: Arc<Member>,
    ledger: Ledger,
    failover: Failover,
    sites: Vec<Site>,
    random: Seeded,
    next_sale_ms: Option<u64>,
    next_heartbeat_ms: u64,
    flights: JoinSet<Landed>,
}

/// How a till ended.
#[derive(Debug)]
pub struct Ended {
    /// Who it was.
    pub member: Arc<Member>,
    /// Its epoch.
    pub epoch: evertill_domain::ids::Epoch,
    /// Where its journal stands.
    pub head: evertill_domain::chain::Head,
}

impl Till {
    /// The till of `member`, with an empty journal; `None` when there is no location.
    pub fn new(member: Member, shared: &Shared) -> Option<Till> {
        let plan = &shared.plan;
        let mut random = Seeded::new(member.seed);
        let names = shared.line.names();
        let failover =
            Failover::new(&member.id.store, &names, Mode::ActiveActive, plan.failover, random.up_to(u64::MAX), 0)?;
        let site = |name| Site { name, outbox: Outbox::new(plan.outbox, random.up_to(u64::MAX)), wire: Arc::default() };
        let sites = names.into_iter().map(site).collect();
        let ledger =
            Ledger::new(member.id.clone(), member.key.clone(), shared.life.clone(), plan.kept_max(), &mut random);
        let next_sale_ms = plan.sales.next(0, &mut random);
        let next_heartbeat_ms = random.up_to(plan.failover.heartbeat_ms);
        let (member, flights) = (Arc::new(member), JoinSet::new());
        Some(Till { member, ledger, failover, sites, random, next_sale_ms, next_heartbeat_ms, flights })
    }

    /// Lives until all it sold is everywhere after the day, or the time for that is over.
    pub async fn run(mut self, shared: Arc<Shared>) -> Ended {
        let start_ms = self.random.up_to(START_SPREAD_MS.min(shared.plan.sales.day_ms / 4));
        sleep(Duration::from_millis(start_ms)).await;
        loop {
            let now_ms = shared.line.now_ms();
            self.sell(&shared, now_ms);
            self.decide(&shared, now_ms);
            let is_over = now_ms >= shared.plan.sales.day_ms && self.next_sale_ms.is_none();
            let too_late = now_ms >= shared.plan.sales.day_ms + shared.plan.drain_ms;
            if too_late || (is_over && self.is_everywhere()) {
                let Till { member, ledger, .. } = self;
                return Ended { member, epoch: ledger.epoch(), head: ledger.head() };
            }
            let wait = Duration::from_millis(self.next_due_ms(now_ms).saturating_sub(now_ms));
            tokio::select! {
                () = sleep(wait) => {}
                Some(Ok(landed)) = self.flights.join_next() => self.take_in(&shared, landed),
            }
        }
    }

    fn is_everywhere(&self) -> bool {
        self.sites.iter().all(|site| site.outbox.watermark(self.ledger.epoch()) >= Some(self.ledger.head().seq))
    }

    fn next_due_ms(&self, now_ms: u64) -> u64 {
        let polls = self.sites.iter().filter_map(|site| site.outbox.poll_timeout());
        let own = [self.next_sale_ms, self.failover.poll_timeout(), Some(self.next_heartbeat_ms)];
        polls.chain(own.into_iter().flatten()).min().unwrap_or(u64::MAX).min(now_ms + IDLE_MS)
    }

    /// Makes every sale whose time has come.
    fn sell(&mut self, shared: &Shared, now_ms: u64) {
        while let Some(at_ms) = self.next_sale_ms.filter(|at_ms| *at_ms <= now_ms) {
            let basket = self.random.up_to(u64::from(super::goods::BASKETS) - 1) as u16;
            shared.tally.sold(self.ledger.sell(&shared.goods, basket, at_ms));
            self.next_sale_ms = shared.plan.sales.next(at_ms, &mut self.random);
        }
    }

    /// Does what failover and outboxes want, and speaks of itself when that is due.
    fn decide(&mut self, shared: &Arc<Shared>, now_ms: u64) {
        self.failover.handle_time(now_ms);
        while let Some(command) = self.failover.next_command() {
            if let failover::Command::Probe(location) = command
                && let Some(at) = self.sites.iter().position(|site| site.name == location)
            {
                self.fly(shared, at, Purpose::Probe, questions::probe(&shared.plan.pool));
            }
        }
        let head = Head { epoch: self.ledger.epoch(), seq: self.ledger.head().seq, acked: 0 };
        for at in 0..self.sites.len() {
            let open = self.failover.lets_through(&self.sites[at].name);
            let outbox = &mut self.sites[at].outbox;
            outbox.handle_heads(&[head], now_ms);
            outbox.handle_gate(open, now_ms);
            outbox.handle_time(now_ms);
            self.obey(shared, at, now_ms);
        }
        if now_ms >= self.next_heartbeat_ms {
            self.next_heartbeat_ms = now_ms + shared.plan.failover.heartbeat_ms.max(1);
            self.speak(shared, now_ms);
        }
    }

    /// Does what the outbox of location `at` wants.
    fn obey(&mut self, shared: &Arc<Shared>, at: usize, now_ms: u64) {
        while let Some(command) = self.sites[at].outbox.next_command() {
            match command {
                Command::Ask(epoch) => {
                    let call = questions::watermark(&self.member.id, epoch);
                    self.fly(shared, at, Purpose::Watermark, call);
                }
                Command::Send { after_seq, max_entries, .. } => self.send(shared, at, after_seq, max_entries, now_ms),
                Command::SetAside { seq, reason, .. } => {
                    let entries = self.ledger.entries(&shared.goods, seq - 1, 1, usize::MAX);
                    match entries.first() {
                        Some(entry) => {
                            let call = questions::set_aside(&self.member.id, entry, &reason);
                            self.fly(shared, at, Purpose::Batch { after_seq: seq - 1, entries: 1 }, call);
                        }
                        None => self.sites[at].outbox.handle_fault(now_ms),
                    }
                }
                Command::Save { .. } => self.confirm(shared, now_ms),
                // A chain that was signed once and is sent as it is cannot fork, unless the service has lost its memory.
                Command::Fork { epoch, .. } => tracing::error!(till = %self.member.id, %epoch, "a fork was reported"),
                Command::DrawDelay { failures } => {
                    let numbers = &shared.plan.outbox;
                    let doubled = numbers.retry_min_ms.saturating_mul(1 << (failures - 1).min(20));
                    let delay_ms = self.random.up_to(doubled.min(numbers.retry_max_ms));
                    self.sites[at].outbox.handle_delay(delay_ms, now_ms);
                }
            }
        }
    }

    fn send(&mut self, shared: &Arc<Shared>, at: usize, after_seq: u64, max_entries: u32, now_ms: u64) {
        let entries = self.ledger.entries(&shared.goods, after_seq, max_entries as usize, BODIES_MAX_BYTES);
        let purpose = Purpose::Batch { after_seq, entries: entries.len() as u32 };
        match questions::journal(&self.member.id, &entries) {
            Ok(call) => self.fly(shared, at, purpose, call),
            Err(error) => {
                tracing::error!(%error, "a batch cannot be packed");
                self.sites[at].outbox.handle_fault(now_ms);
            }
        }
    }

    /// Speaks of itself to the location that it prefers now.
    fn speak(&mut self, shared: &Arc<Shared>, now_ms: u64) {
        let Some(at) = self.sites.iter().position(|site| site.name == *self.failover.active()) else { return };
        let beat = Heartbeat {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            epoch: self.ledger.epoch(),
            head: self.ledger.head().seq,
            unsent: self.sites[at].outbox.unsent(),
            price_book: shared.goods.price_book(),
            clock: shared.life.at(now_ms).to_string(),
            alarms: Vec::new(),
            pool: Some(shared.plan.pool.clone()),
            cohort: None,
            devices: BTreeMap::new(),
        };
        let call = questions::heartbeat(&self.member.id, &beat);
        self.fly(shared, at, Purpose::Heartbeat, call);
    }

    fn fly(&mut self, shared: &Arc<Shared>, at: usize, purpose: Purpose, call: Call) {
        let (shared, member, wire) = (shared.clone(), self.member.clone(), self.sites[at].wire.clone());
        self.flights.spawn(async move {
            let mut wire = wire.lock().await;
            let reply = shared.line.call(&mut wire, at, &member, &call).await;
            Landed { at, purpose, reply }
        });
    }

    /// What an answer means for failover and outbox.
    fn take_in(&mut self, shared: &Arc<Shared>, landed: Landed) {
        let Landed { at, purpose, reply } = landed;
        let now_ms = shared.line.now_ms();
        match purpose {
            Purpose::Probe => {
                let good = matches!(questions::understand::<Ready>(&reply), Answer::Good(_) | Answer::Throttled { .. });
                self.failover.handle_probe(&self.sites[at].name, good, now_ms);
            }
            Purpose::Heartbeat => {
                if let Answer::Good(_) = questions::understand::<HeartbeatAck>(&reply) {
                    self.failover.handle_success(&self.sites[at].name, now_ms);
                }
            }
            Purpose::Watermark => match questions::understand::<WatermarkAnswer>(&reply) {
                Answer::Good(WatermarkAnswer { epoch, watermark, hash, receipt_number, .. }) => {
                    let ours = self.hash(watermark);
                    self.failover.handle_success(&self.sites[at].name, now_ms);
                    self.sites[at].outbox.handle_watermark(epoch, watermark, hash, ours, receipt_number, now_ms);
                }
                other => self.bear(at, other, 0, 0, now_ms),
            },
            Purpose::Batch { after_seq, entries } => match questions::understand::<JournalAck>(&reply) {
                Answer::Good(JournalAck { epoch, watermark, hash, pace, .. }) => {
                    let ours = self.hash(watermark);
                    self.failover.handle_success(&self.sites[at].name, now_ms);
                    let pace = (pace.max_entries, u64::from(pace.wait_ms));
                    self.sites[at].outbox.handle_ack(epoch, watermark, hash, ours, pace, now_ms);
                }
                other => self.bear(at, other, after_seq, entries, now_ms),
            },
        }
    }

    /// Bears an answer that was not the wished one.
    fn bear<A>(&mut self, at: usize, answer: Answer<A>, after_seq: u64, entries: u32, now_ms: u64) {
        let Site { name, outbox, .. } = &mut self.sites[at];
        match answer {
            Answer::Good(_) => {}
            Answer::Refused(refusal) => {
                if refusal == Refusal::Identity {
                    tracing::error!(till = %self.member.id, location = %name, "the till's identity is refused");
                }
                outbox.handle_refusal(refusal, entries, now_ms);
                self.failover.handle_success(name, now_ms);
            }
            Answer::Throttled { retry_after_ms } => outbox.handle_throttle(retry_after_ms, now_ms),
            Answer::Internal => {
                outbox.handle_fault(now_ms);
                self.failover.handle_fault(name, Fault::Internal { batch: after_seq }, now_ms);
            }
            Answer::Fault => {
                outbox.handle_fault(now_ms);
                self.failover.handle_fault(name, Fault::Location, now_ms);
            }
        }
    }

    fn hash(&self, seq: u64) -> Option<Hash> {
        if seq == 0 { Some(Hash::ZERO) } else { self.ledger.hash(seq) }
    }

    /// Forgets what is at every location.
    fn confirm(&mut self, shared: &Shared, now_ms: u64) {
        let epoch = self.ledger.epoch();
        let lowest = self.sites.iter().map(|site| site.outbox.watermark(epoch).unwrap_or(0)).min().unwrap_or(0);
        let sold_ms = self.ledger.confirm(lowest);
        if !sold_ms.is_empty() {
            shared.tally.delivered(&sold_ms, now_ms);
        }
    }
}
