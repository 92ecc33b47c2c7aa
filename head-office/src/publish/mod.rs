//! Publishing: a file is checked, signed with the region's key, and brought to every location, by whoever holds that key.
//!
//! ```text
//! FILE -> all its mistakes, or: version -> signature -> what leads on from the versions before -> fra, ams, ...
//! ```
//! The key stays with the publisher; servers have only its public half. A location that was down gets the same by the same
//! command later: what is there already is left as it is.
//!
//! | room | what |
//! |---|---|
//! | [`settings`] | `publish.toml`: the key and the locations |
//! | [`key`] | the region's secret key |
//! | [`draft`] | a file with its version |
//! | [`plan`] | what an assignment would do |

mod draft;
mod key;
mod plan;
mod settings;

pub use draft::DraftError;
pub use key::{KeyError, RegionKey};
pub use plan::{Plan, Planned};
pub use settings::Settings;

use crate::config::ConfigError;
use crate::pages::Listed;
use crate::peers::published::{Answered, Compared, compare};
use crate::peers::{self, Peer};
use crate::publications::content;
use bytes::Bytes;
use draft::Draft;
use evertill_domain::catalogue::{Delta, PriceBook};
use evertill_domain::entry::Hash;
use evertill_domain::ids::StoreId;
use evertill_domain::piloting::{Assignment, Cohort, Endpoints};
use evertill_domain::publication::{Claim, Subject};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Tills that lag so many versions behind are led on by what changed; others get the whole.
const VERSIONS_BEFORE_MAX: usize = 4;

/// Why nothing is published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The settings, or a file that they name.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// What is published by now is not known, so neither is the next version.
    #[error("no location answers, so nothing is published:\n{0}")]
    NoLocation(String),
    /// Which stores there are is not known.
    #[error("which stores there are is not known, so nobody can say which of them move: {0}")]
    NoFleet(String),
    /// The subject is the region's.
    #[error("{0} is the same for every store: leave --store out")]
    NotAStores(Subject),
}

/// What became of it at one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Which.
    pub location: String,
    /// Whether it was taken (true) or there already, or why neither.
    pub outcome: Result<bool, String>,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What it is.
    pub claim: Claim,
    /// What became of it, location by location.
    pub deliveries: Vec<Delivery>,
    /// The file as it was signed.
    pub bytes: Bytes,
    /// Its minisign signature, as text.
    pub signature: String,
}

impl Done {
    /// Whether every location has it.
    pub fn is_everywhere(&self) -> bool {
        self.deliveries.iter().all(|delivery| delivery.outcome.is_ok())
    }

    /// Writes the file and its signature into `folder`, for a web server or a USB stick; the file's path.
    ///
    /// # Errors
    /// What the disk says.
    pub fn save(&self, folder: &Path) -> std::io::Result<PathBuf> {
        let subject = self.claim.subject;
        let end = if subject.may_be_a_stores() { "json" } else { "toml" };
        let path = folder.join(format!("{subject}.{end}"));
        std::fs::write(&path, &self.bytes)?;
        std::fs::write(folder.join(format!("{subject}.{end}.minisig")), &self.signature)?;
        Ok(path)
    }

    /// As lines of text.
    pub fn text(&self) -> Vec<String> {
        let Claim { subject, store, version, .. } = &self.claim;
        let whose = store.as_ref().map_or("every store", StoreId::as_str);
        let line = |delivery: &Delivery| match &delivery.outcome {
            Ok(true) => format!("{}: {subject} {version} for {whose} is published", delivery.location),
            Ok(false) => format!("{}: {subject} {version} for {whose} was there already", delivery.location),
            Err(why) => format!("{}: NOT published: {why}", delivery.location),
        };
        let mut lines: Vec<String> = self.deliveries.iter().map(line).collect();
        if !self.is_everywhere() {
            lines.push(format!("run the same command again with version {version} when the cause is mended"));
        }
        lines
    }
}

/// Somebody who publishes.
#[derive(Debug)]
pub struct Publisher {
    settings: Settings,
    key: RegionKey,
    locations: Vec<Peer>,
}

impl Publisher {
    /// The one that the file at `path` describes.
    ///
    /// # Errors
    /// [`PublishError`] when it, or a file that it names, is not what it must be.
    pub fn load(path: &Path) -> Result<Publisher, PublishError> {
        let settings = Settings::load(path)?;
        let key = RegionKey::open(&settings.key, settings.key_password.as_deref())?;
        let locations = settings.locations.iter().map(Peer::new).collect::<Result<_, _>>()?;
        Ok(Publisher { settings, key, locations })
    }

    /// What every location has.
    pub async fn standing(&self) -> Compared {
        compare(&peers::published(&self.locations).await)
    }

    /// Publishes `file`, for `store` or for every store.
    ///
    /// # Errors
    /// [`PublishError`]: nothing was published anywhere. What a single location says is in the answer.
    pub async fn publish(&self, subject: Subject, store: Option<StoreId>, file: Vec<u8>) -> Result<Done, PublishError> {
        if store.is_some() && !subject.may_be_a_stores() {
            return Err(PublishError::NotAStores(subject));
        }
        let answered = peers::published(&self.locations).await;
        let heard = heard(&answered, &self.locations)?;
        let newest = heard.iter().flat_map(|(_, list)| *list).filter(|listed| listed.subject == subject.as_str());
        let newest = newest.map(|listed| listed.version).max().unwrap_or(0);
        let file = if subject == Subject::Assignment { self.drawn(file, &heard).await? } else { file };
        let draft = Draft::of(subject, file, newest)?;
        let claim = Claim { subject, region: self.settings.region.clone(), store, version: draft.version, since: 0 };
        let is_known = heard.iter().flat_map(|(_, list)| *list).any(|listed| is_same(listed, &claim, &draft.bytes));
        if draft.version <= newest && !is_known {
            return Err(DraftError::Version { subject, version: draft.version, newest }.into());
        }
        let endpoints = self.endpoints(subject, &heard).await;
        content::check(&claim, &draft.bytes, endpoints.as_ref()).map_err(DraftError::Mistakes)?;
        let mut all = self.deltas(&claim, &draft.bytes, &heard).await;
        all.push((claim.clone(), draft.bytes));
        let mut signed = Vec::with_capacity(all.len());
        for (claim, bytes) in all {
            let signature = self.key.sign(&bytes, &claim)?;
            signed.push((bytes, signature));
        }
        let deliveries = self.locations.iter().map(|peer| deliver(peer, &signed));
        let deliveries = futures_util::future::join_all(deliveries).await;
        // The whole is the last of them.
        let (bytes, signature) = signed.pop().unwrap_or_default();
        Ok(Done { claim, deliveries, bytes, signature })
    }

    /// What an assignment would do to the stores of the region, before anything is published.
    ///
    /// # Errors
    /// [`PublishError`], and everything that is wrong with the file.
    pub async fn plan(&self, file: &[u8]) -> Result<Plan, PublishError> {
        let answered = peers::published(&self.locations).await;
        let heard = heard(&answered, &self.locations)?;
        let endpoints = self.endpoints(Subject::Assignment, &heard).await;
        let read = |bytes: &[u8]| Assignment::parse(bytes, endpoints.as_ref());
        let assignment = read(file).map_err(|mistakes| DraftError::Mistakes(mistakes.to_string()))?;
        let in_force = self.newest_of(Subject::Assignment, &heard).await;
        let in_force = in_force.and_then(|bytes| Assignment::parse(&bytes, None).ok());
        Ok(plan::plan(&assignment, in_force.as_ref(), &self.stores(&heard).await?))
    }

    /// The assignment with what people need not write in its first lines: the cut-off that its percentage needs, and the day on
    /// which it becomes effective. That is tomorrow by UTC, so that it is still to come in every time zone of the region.
    async fn drawn(&self, file: Vec<u8>, heard: &[(&Peer, &[Listed])]) -> Result<Vec<u8>, PublishError> {
        let endpoints = self.endpoints(Subject::Assignment, heard).await;
        let assignment = Assignment::parse(&file, endpoints.as_ref());
        let assignment = assignment.map_err(|mistakes| DraftError::Mistakes(mistakes.to_string()))?;
        // One that was published already is brought to a location that lags as it was.
        let published = self.newest_of(Subject::Assignment, heard).await;
        if let Some(same) = published.filter(|bytes| bytes.ends_with(&file)) {
            return Ok(same.to_vec());
        }
        let mut head = String::new();
        if assignment.effective.as_ref().is_some_and(|effective| effective.date.is_none()) {
            let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
            head.push_str(&format!("date = \"{}\"\n", tomorrow.strftime("%Y-%m-%d")));
        }
        if assignment.cutoff.is_none()
            && assignment.next.is_some()
            && let Some(cutoff) = plan::with_cutoff(assignment, &self.stores(heard).await?).cutoff
        {
            head.push_str(&format!("cutoff = \"{cutoff}\"\n"));
        }
        Ok([head.as_bytes(), &file].concat())
    }

    /// Every store that a location knows, and how ready its tills say that it is.
    async fn stores(&self, heard: &[(&Peer, &[Listed])]) -> Result<BTreeMap<StoreId, Cohort>, PublishError> {
        let asked = heard.iter().map(|(peer, _)| peer.stores());
        let mut stores: BTreeMap<StoreId, Cohort> = BTreeMap::new();
        for answer in futures_util::future::join_all(asked).await {
            for (store, cohort) in answer.map_err(PublishError::NoFleet)? {
                let known = stores.entry(store).or_default();
                // A store that any of its tills holds back is held; otherwise one that is early is.
                *known = match (*known, cohort) {
                    (Cohort::Held, _) | (_, Some(Cohort::Held)) => Cohort::Held,
                    (known, said) => said.unwrap_or(known),
                };
            }
        }
        Ok(stores)
    }

    /// The endpoints that an assignment speaks of.
    async fn endpoints(&self, subject: Subject, heard: &[(&Peer, &[Listed])]) -> Option<Endpoints> {
        if subject != Subject::Assignment {
            return None;
        }
        let bytes = self.newest_of(Subject::Endpoints, heard).await?;
        Endpoints::parse(&bytes).ok()
    }

    async fn newest_of(&self, subject: Subject, heard: &[(&Peer, &[Listed])]) -> Option<Bytes> {
        let in_force = heard.iter().flat_map(|(peer, list)| list.iter().map(move |listed| (*peer, listed)));
        let of_subject = in_force.filter(|(_, listed)| listed.subject == subject.as_str());
        let (peer, listed) = of_subject.max_by_key(|(_, listed)| listed.version)?;
        peer.published_bytes(subject, listed.version, None).await.ok()
    }

    /// What leads on to `claim` from the versions before it. One whose version before cannot be had is left out: tills get the
    /// whole then.
    async fn deltas(&self, claim: &Claim, bytes: &Bytes, heard: &[(&Peer, &[Listed])]) -> Vec<(Claim, Bytes)> {
        let mut deltas = Vec::new();
        let Some(book) = (claim.subject == Subject::PriceBook).then(|| PriceBook::parse(bytes).ok()).flatten() else {
            return deltas;
        };
        let of_line = |listed: &&Listed| listed.subject == claim.subject.as_str() && listed.store == claim.store;
        let kept = heard.iter().flat_map(|(peer, list)| list.iter().filter(of_line).map(move |listed| (listed, *peer)));
        let before = kept.filter(|(listed, _)| listed.version < claim.version);
        let mut before: Vec<(u64, &Peer)> = before.map(|(listed, peer)| (listed.version, peer)).collect();
        before.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
        before.dedup_by_key(|(version, _)| *version);
        for (version, peer) in before.into_iter().take(VERSIONS_BEFORE_MAX) {
            let old = peer.published_bytes(claim.subject, version, claim.store.as_ref()).await;
            let old = old.and_then(|old| PriceBook::parse(&old).map_err(|errors| errors.to_string()));
            let delta = old.map(|old| serde_json::to_vec(&Delta::between(&old, &book)));
            match delta {
                Ok(Ok(delta)) if delta.len() < bytes.len() => {
                    deltas.push((Claim { since: version, ..claim.clone() }, Bytes::from(delta)));
                }
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::warn!(version, %error, "no delta from this version"),
                Err(why) => tracing::warn!(version, why, "no delta from this version"),
            }
        }
        deltas
    }
}

/// The locations that answered.
fn heard<'a>(answered: &'a [Answered], locations: &'a [Peer]) -> Result<Vec<(&'a Peer, &'a [Listed])>, PublishError> {
    let heard: Vec<_> = locations
        .iter()
        .zip(answered)
        .filter_map(|(peer, (_, answer))| Some((peer, answer.as_ref().ok()?.as_slice())))
        .collect();
    if heard.is_empty() { Err(PublishError::NoLocation(compare(answered).text().join("\n"))) } else { Ok(heard) }
}

fn is_same(listed: &Listed, claim: &Claim, bytes: &[u8]) -> bool {
    listed.subject == claim.subject.as_str()
        && listed.store == claim.store
        && listed.version == claim.version
        && listed.sha256 == Hash(Sha256::digest(bytes).into()).to_string()
}

/// Brings everything signed to a location, the whole last: with it the version is in force.
async fn deliver(peer: &Peer, signed: &[(Bytes, String)]) -> Delivery {
    let mut outcome = Ok(false);
    for (bytes, signature) in signed {
        outcome = peer.publish(bytes.clone(), signature).await.map(|publishing| publishing.taken);
        if outcome.is_err() {
            break;
        }
    }
    Delivery { location: peer.location().to_owned(), outcome }
}
