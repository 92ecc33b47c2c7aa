//! One transaction, tried again where it may succeed at once.

use super::connect::connection;
use super::error::Error;
use deadpool_postgres::{Object, Pool, Transaction};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// So often a transaction is tried again when another was in its way. It is idempotent, hence also when its outcome is
/// unknown.
const RETRIES_MAX: u32 = 3;
/// The first pause before that; each further one is longer by this.
const PAUSE: Duration = Duration::from_millis(5);
/// A transaction takes at most this long, whatever the server does: a request waits no longer.
const TRANSACTION_MAX: Duration = Duration::from_secs(9);

/// What is done in a transaction.
pub(super) trait Work: Sync {
    /// What it answers.
    type Answer: Send;

    /// Does it; nothing of it is durable until this returned and the commit succeeded.
    fn run(&self, transaction: &Transaction<'_>) -> impl Future<Output = Result<Self::Answer, Error>> + Send;
}

/// Does `work` and commits it.
///
/// # Errors
/// [`Error`]: the outcome is unknown.
pub(super) async fn commit<W: Work>(pool: &Pool, work: &W) -> Result<W::Answer, Error> {
    for attempt in 1..=RETRIES_MAX {
        match once(pool, work).await {
            Err(error) if error.passes() => sleep(PAUSE * attempt).await,
            other => return other,
        }
    }
    once(pool, work).await
}

async fn once<W: Work>(pool: &Pool, work: &W) -> Result<W::Answer, Error> {
    let mut client = connection(pool).await?;
    match timeout(TRANSACTION_MAX, within(&mut client, work)).await {
        Ok(result) => result,
        Err(_) => {
            // It would answer the next one late, too.
            drop(Object::take(client));
            Err(Error::Late)
        }
    }
}

async fn within<W: Work>(client: &mut Object, work: &W) -> Result<W::Answer, Error> {
    let transaction = client.transaction().await?;
    let answer = work.run(&transaction).await?;
    transaction.commit().await?;
    Ok(answer)
}
