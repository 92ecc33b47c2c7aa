//! Drives one location's `domain::outbox`: performs what it decides, and tells it what came of it.

use super::Shared;
use super::chooser::Report;
use super::requests::{self, Answer};
use crate::clock::Moment;
use crate::journal::JournalError;
use crate::link::jitter::Jitter;
use crate::link::{Call, Transport};
use evertill_domain::chain;
use evertill_domain::entry::Hash;
use evertill_domain::failover::Fault;
use evertill_domain::ids::{Epoch, Location};
use evertill_domain::outbox::{Command, Head, Outbox, Refusal};
use evertill_domain::wire::{BATCH_MAX_BYTES, JournalAck, WatermarkAnswer};
use std::sync::Arc;
use std::time::Duration;

/// When nothing is due, look again after this long all the same.
const IDLE: Duration = Duration::from_secs(60);
/// Wait before the journal is asked again after it could not be read.
const JOURNAL_PAUSE: Duration = Duration::from_secs(5);
/// Bodies of one batch: a line is its body, escaped, and half a kilobyte beside it.
const BODIES_MAX_BYTES: usize = BATCH_MAX_BYTES / 2;

struct Pusher<T> {
    shared: Arc<Shared<T>>,
    location: Location,
    outbox: Outbox,
    jitter: Jitter,
    /// Number of the journal's last entry that the outbox knows of.
    counted_to: u64,
    /// Packed while the batch before it was under way.
    next: Option<Batch>,
}

/// Entries behind a number, ready to be sent.
struct Batch {
    epoch: Epoch,
    after_seq: u64,
    max_entries: u32,
    /// How many there are.
    entries: u32,
    call: Call,
}

impl Batch {
    fn is(&self, epoch: Epoch, after_seq: u64, max_entries: u32) -> bool {
        (self.epoch, self.after_seq, self.max_entries) == (epoch, after_seq, max_entries)
    }
}

pub(super) async fn run<T: Transport>(shared: Arc<Shared<T>>, location: Location, index: u64) {
    let numbers = shared.options.outbox;
    let outbox = Outbox::new(numbers, shared.options.seed.wrapping_add(index + 1));
    let jitter = Jitter::new(numbers.retry_min_ms, numbers.retry_max_ms);
    let mut heads = shared.options.journal.heads();
    let mut gates = shared.gates.clone();
    let mut pusher = Pusher { shared, location, outbox, jitter, counted_to: 0, next: None };
    loop {
        heads.borrow_and_update();
        let gate = pusher.gate(&gates.borrow_and_update());
        if let Err(error) = pusher.step(gate).await {
            tracing::error!(location = %pusher.location, %error, "the journal cannot be read for sending");
            pusher.alarm("journal", Some(format!("the journal cannot be read for sending: {error}")));
            pusher.outbox.handle_fault(pusher.shared.now());
            tokio::time::sleep(JOURNAL_PAUSE).await;
            continue;
        }
        pusher.alarm("journal", None);
        let now = pusher.shared.now();
        let wait = pusher.outbox.poll_timeout().map_or(IDLE, |at| Duration::from_millis(at.saturating_sub(now)));
        tokio::select! {
            () = tokio::time::sleep(wait.min(IDLE)) => {}
            changed = heads.changed() => if changed.is_err() { return },
            changed = gates.changed() => if changed.is_err() { return },
        }
    }
}

impl<T: Transport> Pusher<T> {
    fn gate(&self, gates: &super::chooser::Gates) -> bool {
        let mine = self.shared.options.deliver_to_all || gates.active == self.location;
        mine && gates.open.get(&self.location).copied().unwrap_or(false)
    }

    /// Takes in what changed and does all that can be done now.
    async fn step(&mut self, gate: bool) -> Result<(), JournalError> {
        self.refresh().await?;
        self.outbox.handle_gate(gate, self.shared.now());
        self.outbox.handle_time(self.shared.now());
        while let Some(command) = self.outbox.next_command() {
            self.perform(command).await?;
            self.show();
        }
        self.show();
        Ok(())
    }

    /// Tells the outbox where the journal stands.
    async fn refresh(&mut self) -> Result<(), JournalError> {
        let journal = &self.shared.options.journal;
        let mut heads = Vec::new();
        for epoch in journal.epochs().await? {
            let acked = journal.watermark(&self.location, epoch.epoch).await?.seq;
            self.counted_to = epoch.head.seq;
            heads.push(Head { epoch: epoch.epoch, seq: epoch.head.seq, acked });
        }
        self.outbox.handle_heads(&heads, self.shared.now());
        Ok(())
    }

    async fn perform(&mut self, command: Command) -> Result<(), JournalError> {
        match command {
            Command::Ask(epoch) => self.ask(epoch).await,
            Command::Send { epoch, after_seq, max_entries } => self.send(epoch, after_seq, max_entries).await,
            Command::SetAside { epoch, seq, reason } => self.set_aside(epoch, seq, &reason).await,
            Command::Save { epoch, seq, hash } => {
                let head = chain::Head { seq, hash };
                self.shared.options.journal.set_watermark(&self.location, epoch, head).await
            }
            Command::Fork { epoch, receipt_number } => self.fork(epoch, receipt_number).await,
            Command::DrawDelay { failures } => {
                let delay = self.jitter.draw_ms(failures);
                self.outbox.handle_delay(delay, self.shared.now());
                Ok(())
            }
        }
    }

    async fn ask(&mut self, epoch: Epoch) -> Result<(), JournalError> {
        match self.request(requests::watermark(&self.location, &self.shared.options.till, epoch)).await {
            Answer::Good(answer) => {
                let WatermarkAnswer { watermark, hash, receipt_number, server_time, .. } = answer;
                let ours = self.our_hash(epoch, watermark).await?;
                self.good(&server_time).await;
                let now = self.shared.now();
                self.outbox.handle_watermark(epoch, watermark, hash, ours, receipt_number, now);
            }
            other => self.not_good(other, 0, 0).await,
        }
        Ok(())
    }

    async fn send(&mut self, epoch: Epoch, after_seq: u64, max_entries: u32) -> Result<(), JournalError> {
        let batch = match self.next.take().filter(|next| next.is(epoch, after_seq, max_entries)) {
            Some(next) => next,
            None => self.pack(epoch, after_seq, max_entries).await?,
        };
        let Batch { entries, call, .. } = batch;
        let behind = after_seq + u64::from(entries);
        let pack_next = async {
            // What goes wrong with the next batch is said when it is due.
            let next = if behind < self.counted_to { self.pack(epoch, behind, max_entries).await.ok() } else { None };
            next.filter(|next| next.entries > 0)
        };
        let (answer, next) = tokio::join!(self.request::<JournalAck>(call), pack_next);
        self.next = next;
        self.acknowledge(epoch, after_seq, entries, answer).await
    }

    /// Reads and packs the batch behind `after_seq`.
    async fn pack(&self, epoch: Epoch, after_seq: u64, max_entries: u32) -> Result<Batch, JournalError> {
        let journal = &self.shared.options.journal;
        let entries = journal.entries(epoch, after_seq, max_entries as usize, BODIES_MAX_BYTES).await?;
        let call = requests::journal(&self.location, &self.shared.options.till, &entries).map_err(|error| {
            JournalError::Damaged { detail: format!("a batch behind entry {after_seq} cannot be packed: {error}") }
        })?;
        Ok(Batch { epoch, after_seq, max_entries, entries: entries.len() as u32, call })
    }

    async fn set_aside(&mut self, epoch: Epoch, seq: u64, reason: &str) -> Result<(), JournalError> {
        let entries = self.shared.options.journal.entries(epoch, seq - 1, 1, usize::MAX).await?;
        let Some(entry) = entries.first() else {
            return Err(JournalError::Missing { what: format!("entry {seq} of epoch {epoch}") });
        };
        tracing::warn!(location = %self.location, seq, reason, "an entry goes to the set-aside route");
        let call = requests::set_aside(&self.location, &self.shared.options.till, entry, reason);
        let answer = self.request::<JournalAck>(call).await;
        self.acknowledge(epoch, seq - 1, 1, answer).await
    }

    async fn acknowledge(
        &mut self,
        epoch: Epoch,
        after_seq: u64,
        entries: u32,
        answer: Answer<JournalAck>,
    ) -> Result<(), JournalError> {
        match answer {
            Answer::Good(ack) => {
                let ours = self.our_hash(epoch, ack.watermark).await?;
                self.good(&ack.server_time).await;
                let pace = (ack.pace.max_entries, u64::from(ack.pace.wait_ms));
                self.outbox.handle_ack(epoch, ack.watermark, ack.hash, ours, pace, self.shared.now());
            }
            other => self.not_good(other, after_seq, entries).await,
        }
        Ok(())
    }

    /// Begins a new epoch, if the forked one is the current one; two locations that report the same fork begin one.
    async fn fork(&mut self, epoch: Epoch, receipt_number: u64) -> Result<(), JournalError> {
        let sentence = format!(
            "{} knows another history of this till: a backup was restored, or a disk was cloned",
            self.location
        );
        tracing::error!(location = %self.location, %epoch, "fork");
        self.alarm("fork", Some(sentence));
        let journal = &self.shared.options.journal;
        if journal.heads().borrow().epoch == epoch {
            let Moment { at, business_day } = self.shared.options.clock.now();
            journal.begin_epoch("a fork was found", receipt_number, at, business_day).await?;
            self.refresh().await?;
        }
        Ok(())
    }

    async fn our_hash(&self, epoch: Epoch, seq: u64) -> Result<Option<Hash>, JournalError> {
        if seq == 0 {
            return Ok(Some(Hash::ZERO));
        }
        let entries = self.shared.options.journal.entries(epoch, seq - 1, 1, usize::MAX).await?;
        Ok(entries.first().filter(|entry| entry.seq == seq).map(|entry| entry.hash))
    }

    async fn request<A: serde::de::DeserializeOwned>(&self, call: Call) -> Answer<A> {
        let reply = self.shared.options.transport.call(call).await;
        let alarm = reply.as_ref().err().and_then(|failure| failure.alarm());
        self.alarm("link", alarm.map(|sentence| format!("{}: {sentence}", self.location)));
        if let Err(failure) = &reply
            && !failure.is_locations_fault()
        {
            // A till with a wrong clock counts no fault of a location that is well; it is offline all the same. Failed probes
            // see to it that nobody hammers at a location whose own certificate has expired.
            self.show_online(failure.to_string());
            return Answer::Throttled { retry_after_ms: 0 };
        }
        let answer = requests::understand(reply);
        if matches!(answer, Answer::Throttled { .. }) {
            // It answers, and takes everything in its own time.
            self.show_online(String::new());
        }
        answer
    }

    async fn good(&mut self, server_time: &str) {
        self.shared.options.transport.acknowledged(server_time);
        self.show_online(String::new());
        let _ = self.shared.reports.send(Report::Success(self.location.clone())).await;
    }

    async fn not_good<A>(&mut self, answer: Answer<A>, after_seq: u64, entries: u32) {
        let now = self.shared.now();
        let report = match answer {
            Answer::Good(_) => return,
            Answer::Refused(refusal) => {
                // A refusal is an answer: the location is well, and says no.
                self.show_online(String::new());
                self.outbox.handle_refusal(refusal.clone(), entries, now);
                if refusal == Refusal::Identity {
                    let sentence = format!("{} does not accept this till's identity; sales are kept", self.location);
                    self.alarm("identity", Some(sentence));
                }
                Report::Success(self.location.clone())
            }
            Answer::Throttled { retry_after_ms } => return self.outbox.handle_throttle(retry_after_ms, now),
            Answer::Internal => {
                self.show_online("it answered with status 500".to_owned());
                self.outbox.handle_fault(now);
                Report::Fault(self.location.clone(), Fault::Internal { batch: after_seq })
            }
            Answer::Fault(sentence) => {
                self.show_online(sentence);
                self.outbox.handle_fault(now);
                Report::Fault(self.location.clone(), Fault::Location)
            }
        };
        let _ = self.shared.reports.send(report).await;
    }

    fn at(&self) -> String {
        self.shared.options.clock.now().at.to_string()
    }

    fn alarm(&self, what: &str, sentence: Option<String>) {
        self.shared.board.alarm(&self.at(), &format!("{}-{what}", self.location), sentence);
    }

    /// Whether the last request was answered; `error` is empty when it was.
    fn show_online(&self, error: String) {
        self.shared.board.change_location(&self.at(), &self.location, |location| {
            location.online = error.is_empty();
            location.last_error = error;
        });
    }

    fn show(&self) {
        if !self.outbox.is_identity_refused() {
            self.alarm("identity", None);
        }
        let current = self.shared.options.journal.heads().borrow().epoch;
        self.shared.board.change_location(&self.at(), &self.location, |location| {
            location.unsent = self.outbox.unsent();
            location.counted_to = self.counted_to;
            location.watermark = self.outbox.watermark(current).unwrap_or(0);
        });
    }
}
