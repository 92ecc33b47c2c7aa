//! Thousands of tills in one process, over real sockets, to load a service and to size one.
//!
//! Each has a key, a chain of signed sales and, for each location, the very `domain::failover` and `domain::outbox` that
//! a till has; so outages and come-backs are met by the rules that real tills keep. What it has not: a disk, a cashier, a
//! price book of its own. Nothing it holds grows without a bound, and what it does not do for that is counted.
//!
//! ```text
//!  plan --> fleet --> till (sells, decides) --> questions (what to say) --> line (sockets) --> locations
//!                                          tally <-- every answer
//!                                            '--> a line each second, a summary at the end
//! ```
//!
//! | room | what |
//! |---|---|
//! | [`plan`] | flags and file, checked |
//! | [`fleet`] | names and keys of the tills, and their register |
//! | [`curve`] | when a till sells |
//! | [`goods`] | what it sells |
//! | [`ledger`] | its chain, as far as it is needed |
//! | [`till`] | one till: what it does when |
//! | [`questions`] | requests and what the answers mean |
//! | [`line`], [`endpoint`] | connections, deadlines, outages |
//! | [`tally`], [`latencies`], [`summary`] | what came of it |
//! | [`standing`] | what the service has at the end |

pub mod curve;
pub mod endpoint;
pub mod fleet;
pub mod goods;
pub mod latencies;
pub mod ledger;
pub mod line;
pub mod plan;
pub mod questions;
pub mod standing;
pub mod summary;
pub mod tally;
pub mod till;

pub use plan::{Plan, PlanError, Wish};
pub use summary::Summary;

use endpoint::EndpointError;
use goods::{Goods, GoodsError};
use ledger::Life;
use line::Line;
use std::sync::Arc;
use std::time::Duration;
use tally::Tally;
use till::Till;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// How often a line of what happens is told.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// Why a simulation does not begin.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// What was asked for.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The authority or an address.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The price book.
    #[error(transparent)]
    Goods(#[from] GoodsError),
    /// A location does not take the tills.
    #[error("{location}: {problem}")]
    Location {
        /// Its name.
        location: String,
        /// What it said, and the remedy.
        problem: String,
    },
    /// A till's task died: a fault of this program.
    #[error("a till of the simulation died: {0}")]
    Till(#[from] tokio::task::JoinError),
}

/// What all tills share.
pub struct Shared {
    /// What is simulated.
    pub plan: Plan,
    /// What they sell.
    pub goods: Goods,
    /// The life of their journals.
    pub life: Life,
    /// The way to the locations.
    pub line: Line,
    /// What comes of it.
    pub tally: Arc<Tally>,
}

/// Simulates `plan`, hands a line for people to `told` each second, and tells at the end what came of it.
///
/// # Errors
/// [`SimulateError`] when it cannot begin: nothing was sold then.
pub async fn run(plan: Plan, mut told: impl FnMut(String)) -> Result<Summary, SimulateError> {
    plan.claim_descriptors()?;
    let goods = Goods::of(plan.price_book.as_deref(), plan.fleet.seed)?;
    let tally = Arc::new(Tally::new(&plan));
    let mut line = Line::new(&plan, tally.clone())?;
    standing::check(&plan, &line).await?;
    tally.begin_anew();
    line.begin_anew();
    let shared = Arc::new(Shared { life: Life::begun_now(), plan, goods, line, tally });
    let mut running = JoinSet::new();
    for member in shared.plan.fleet.members() {
        if let Some(till) = Till::new(member, &shared) {
            running.spawn(till.run(shared.clone()));
        }
    }
    let mut second = interval(REPORT_EVERY);
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    second.tick().await;
    let mut ended = Vec::with_capacity(running.len());
    loop {
        tokio::select! {
            next = running.join_next() => match next {
                Some(till) => ended.push(till?),
                None => break,
            },
            _ = second.tick() => told(shared.tally.second(shared.line.now_ms())),
        }
    }
    let counts = shared.tally.counts();
    told("asking every till's watermark ...".to_owned());
    let standing = standing::of_all(&shared, ended).await;
    Ok(Summary::of(&shared.plan, &counts, standing))
}
