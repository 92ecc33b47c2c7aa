//! The move from pool to pool: due, served, answered, between baskets; then it is an entry, and from then on the routes lead there.

use super::files::{FileError, Files, InForce};
use super::target::{Standing, Target, target};
use crate::clock::{Clock, Moment};
use crate::journal::{Draft, Journal, JournalError, Record};
use crate::link::Routes;
use crate::sync::{Brought, Raise, Serials};
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_domain::publication::Subject;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How often the clock, the folder of files and a pool that did not answer are looked at again.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The agent's version, which a pool may find too old.
const AGENT: &str = env!("CARGO_PKG_VERSION");

/// Asks whether a pool answers at one of its addresses, before the store goes there.
pub type Preflight = Arc<dyn Fn(Routes) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;
/// What the mover needs.
pub struct Mover {
    /// The files.
    pub files: Files,
    /// What is in force at the start.
    pub in_force: InForce,
    /// Who the store is.
    pub standing: Standing,
    /// What till.toml says.
    pub bootstrap: Routes,
    /// Where moves are recorded.
    pub journal: Journal,
    /// Where the till talks to.
    pub routes: watch::Sender<Arc<Routes>>,
    /// The serials in force.
    pub serials: watch::Sender<Serials>,
    /// True while a basket is open.
    pub basket_open: watch::Receiver<bool>,
    /// What time it is where the till stands.
    pub clock: Arc<dyn Clock>,
    /// Whether a pool answers.
    pub preflight: Preflight,
    /// Who is told of trouble.
    pub raise: Raise,
    /// Mints the key of an entry.
    pub new_key: fn() -> IdempotencyKey,
}

impl Mover {
    /// Takes files as they come, and moves the store when it is time; ends with `came`.
    pub async fn run(mut self, mut came: mpsc::Receiver<Brought>) {
        loop {
            self.step().await;
            tokio::select! {
                file = came.recv() => match file {
                    Some(file) => self.take(&file),
                    None => return,
                },
                changed = self.basket_open.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(LOOK_EVERY) => self.look_at_the_folder(),
            }
        }
    }

    fn take(&mut self, Brought { subject, bytes, signature }: &Brought) {
        let taken = self.files.accept(&mut self.in_force, *subject, bytes, signature);
        match &taken {
            Ok(()) => tracing::info!(%subject, serial = self.in_force.serial(*subject), "a newer file is in force"),
            // Both locations bring the same; the second time it is not newer.
            Err(FileError::Older { .. }) => return,
            Err(error) => tracing::warn!(%error, "a file of the pilot is refused"),
        }
        (self.raise)(subject.as_str(), taken.err().map(|error| error.to_string()));
        self.tell_serials();
    }

    /// `till import` puts files there, too.
    fn look_at_the_folder(&mut self) {
        let (found, _) = self.files.load();
        for subject in [Subject::Endpoints, Subject::Assignment] {
            if found.serial(subject) > self.in_force.serial(subject) {
                tracing::info!(%subject, serial = found.serial(subject), "a newer file was imported");
                self.in_force = found;
                self.tell_serials();
                return;
            }
        }
    }

    fn tell_serials(&self) {
        let serial = |subject| self.in_force.serial(subject);
        let (endpoints, assignment) = (serial(Subject::Endpoints), serial(Subject::Assignment));
        self.serials.send_replace(Serials { endpoints, assignment });
    }

    /// Moves the store, if it belongs elsewhere and may go there now.
    async fn step(&mut self) {
        let target = target(&self.in_force, &self.standing, &self.bootstrap);
        let current = self.routes.borrow().clone();
        if *current == target.routes {
            return (self.raise)("pool", None);
        }
        if current.pool == target.routes.pool {
            tracing::info!(pool = %current.pool, "the pool has other addresses now");
            self.routes.send_replace(Arc::new(target.routes));
            return (self.raise)("pool", None);
        }
        match self.may_move(&current, &target).await {
            Ok(true) => self.go(&current, target).await,
            Ok(false) => {}
            Err(why) => (self.raise)("pool", Some(why)),
        }
    }

    /// Whether the store may go now; an error is what a person has to know.
    async fn may_move(&mut self, current: &Routes, target: &Target) -> Result<bool, String> {
        let pool = &target.routes.pool;
        if target.client.is_some_and(|floor| !floor.admits(AGENT)) {
            let floor = target.client.map(|floor| floor.to_string()).unwrap_or_default();
            return Err(format!(
                "the store is to move to pool {pool}, which serves agents {floor}; this one is {AGENT} and stays in {}",
                current.pool
            ));
        }
        let now = self.clock.now().at;
        if target.effective.as_ref().is_some_and(|effective| !effective.is_due(&now)) {
            return Ok(false);
        }
        if *self.basket_open.borrow_and_update() {
            return Ok(false);
        }
        let answered = (self.preflight)(target.routes.clone()).await;
        answered.map_err(|why| {
            format!("the store is to move to pool {pool}, which does not answer; it stays in {}: {why}", current.pool)
        })?;
        // A basket may have been opened meanwhile.
        Ok(!*self.basket_open.borrow_and_update())
    }

    /// Goes there: on the disk first, so that a crash in between starts in the new pool, and says so.
    async fn go(&self, current: &Routes, target: Target) {
        let Target { routes, why, serial, .. } = target;
        if let Err(error) = self.files.set_pool(&routes.pool) {
            return (self.raise)("pool", Some(error.to_string()));
        }
        if let Err(error) = self.record(current, &routes, &why, serial).await {
            tracing::error!(%error, "the move could not be recorded");
        }
        tracing::info!(from = %current.pool, to = %routes.pool, why, "the store has moved");
        self.routes.send_replace(Arc::new(routes));
        (self.raise)("pool", None);
    }

    async fn record(&self, from: &Routes, to: &Routes, why: &str, serial: u64) -> Result<(), JournalError> {
        let Moment { at, business_day } = self.clock.now();
        let body = serde_json::json!({ "from": from.pool, "to": to.pool, "serial": serial, "why": why }).to_string();
        let draft = Draft::new(at, business_day, Record::plain(Kind::POOL_CHANGED, body));
        self.journal.append((self.new_key)(), draft).await?;
        Ok(())
    }
}
