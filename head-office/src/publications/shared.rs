//! The cache that a location's instances share: Redis. It spares the database when many instances begin at once, and
//! is never needed: each question has a short deadline, and after one that was missed it is left alone for a while.

use crate::config::{ConfigError, RedisConfig};
use bytes::Bytes;
use evertill_domain::entry::Hash;
use evertill_domain::ids::Region;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// To be connected and asked must not take longer than the database would.
const ANSWER_MAX: Duration = Duration::from_millis(500);
/// After a failure nobody asks for this long.
const REST: Duration = Duration::from_secs(5);
/// What nobody asked for in this time is forgotten there, in seconds: a week.
const KEPT_S: u64 = 7 * 24 * 60 * 60;

/// The way to Redis.
#[derive(Debug)]
pub(super) struct SharedCache {
    name: String,
    client: Client,
    prefix: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    connection: Option<Connected>,
    rests_until: Option<Instant>,
}

#[derive(Clone)]
struct Connected(MultiplexedConnection);

impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connected")
    }
}

/// Why it was of no use.
#[derive(Debug, thiserror::Error)]
enum SharedError {
    #[error("{0}")]
    Redis(#[from] RedisError),
    #[error("it did not answer in {} ms", ANSWER_MAX.as_millis())]
    Late,
}

impl SharedCache {
    /// The cache that `config` names. Nothing is connected before something is asked.
    pub(super) fn new(config: &RedisConfig, region: &Region) -> Result<SharedCache, ConfigError> {
        let client = Client::open(config.settings.clone()).map_err(|error| ConfigError::Named {
            path: config.name.clone().into(),
            message: format!("Redis cannot be reached like this: {error}"),
        })?;
        let prefix = format!("evertill:{region}:");
        Ok(SharedCache { name: config.name.clone(), client, prefix, state: Mutex::default() })
    }

    /// The bytes with this hash and length, or something else that the caller will notice.
    pub(super) async fn get(&self, sha256: &Hash, length: u64) -> Option<Bytes> {
        let key = self.key(sha256);
        // One byte more than it should have: garbage may be long, and is not read whole.
        let mut command = redis::cmd("GETRANGE");
        command.arg(&key).arg(0).arg(length);
        let bytes: Vec<u8> = self.ask(&command).await?;
        if bytes.is_empty() { None } else { Some(Bytes::from(bytes)) }
    }

    /// Leaves `bytes` there for the others.
    pub(super) async fn put(&self, sha256: &Hash, bytes: &Bytes) {
        let mut command = redis::cmd("SET");
        command.arg(self.key(sha256)).arg(&bytes[..]).arg("EX").arg(KEPT_S);
        let _: Option<String> = self.ask(&command).await;
    }

    fn key(&self, sha256: &Hash) -> String {
        format!("{}{sha256}", self.prefix)
    }

    async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Option<T> {
        if self.state().rests_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let asked = timeout(ANSWER_MAX, self.answer(command)).await.unwrap_or(Err(SharedError::Late));
        match asked {
            Ok(answer) => Some(answer),
            // It answered: something of another kind lies under the key, or it takes nothing. The database has it all.
            Err(SharedError::Redis(error)) if !error.is_io_error() && !error.is_unrecoverable_error() => {
                tracing::debug!(redis = self.name, %error, "the shared cache refuses");
                None
            }
            Err(error) => {
                tracing::warn!(redis = self.name, %error, "the shared cache is left alone for a while");
                *self.state() = State { connection: None, rests_until: Some(Instant::now() + REST) };
                None
            }
        }
    }

    async fn answer<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, SharedError> {
        let known = self.state().connection.clone();
        let mut connection = match known {
            Some(Connected(connection)) => connection,
            None => {
                let settings = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(ANSWER_MAX))
                    .set_response_timeout(Some(ANSWER_MAX));
                let connection = self.client.get_multiplexed_async_connection_with_config(&settings).await?;
                self.state().connection = Some(Connected(connection.clone()));
                connection
            }
        };
        Ok(command.query_async(&mut connection).await?)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
