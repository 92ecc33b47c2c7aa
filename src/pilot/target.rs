//! What the files in force mean for this store: which pool, where it is, and why.

use super::files::{Files, InForce};
use crate::config::{Config, Membership};
use crate::link::Routes;
use evertill_domain::failover::Mode;
use evertill_domain::ids::{Location, Pool, StoreId};
use evertill_domain::piloting::assignment::Effective;
use evertill_domain::piloting::endpoints::ClientFloor;
use evertill_domain::piloting::{Cohort, Endpoints, decide};

/// Who the store is to the assignment, as it was written down at installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The store.
    pub store: StoreId,
    /// How ready it is.
    pub cohort: Cohort,
    /// The pool that support pinned it to.
    pub pin: Option<Pool>,
}

/// Where a store belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its pool, and the addresses of that.
    pub routes: Routes,
    /// Why it is that one, for people.
    pub why: String,
    /// The serial of the assignment that says so, 0 without one.
    pub serial: u64,
    /// The oldest agent that the pool serves; none without files.
    pub client: Option<ClientFloor>,
    /// When it is to move there; at once where that is none.
    pub effective: Option<Effective>,
}

/// Where the store belongs by the files in force; `bootstrap` is what till.toml says, for as long as there are none.
pub fn target(in_force: &InForce, standing: &Standing, bootstrap: &Routes) -> Target {
    let unpiloted = |why: String| Target { routes: bootstrap.clone(), why, serial: 0, client: None, effective: None };
    let (Some(endpoints), Some(assignment)) = (&in_force.endpoints, &in_force.assignment) else {
        return unpiloted("no signed endpoints and assignment came yet, so till.toml counts".to_owned());
    };
    let decision = decide(assignment, &standing.store, standing.cohort, standing.pin.as_ref());
    let Some(routes) = routes(endpoints, &decision.pool) else {
        return unpiloted(format!("pool {} is not in the endpoints, so till.toml counts", decision.pool));
    };
    // The way back is never waited for.
    let is_forward = assignment.next.as_ref() == Some(&decision.pool);
    Target {
        client: endpoints.pools.get(&decision.pool).map(|pool| pool.client),
        routes,
        why: decision.why.to_string(),
        serial: assignment.serial,
        effective: assignment.effective.clone().filter(|_| is_forward),
    }
}

/// Where `pool` is, in the order of preference.
pub fn routes(endpoints: &Endpoints, pool: &Pool) -> Option<Routes> {
    let of_pool = endpoints.pools.get(pool)?;
    let at = |location: &Location| Some((location.clone(), of_pool.urls.get(location)?.clone()));
    Some(Routes { pool: pool.clone(), locations: endpoints.order.iter().filter_map(at).collect() })
}

/// Where the till talks to when it starts: the pool that its store was in last, or else what till.toml says.
pub fn at_start(files: &Files, in_force: &InForce, bootstrap: &Routes) -> Routes {
    let last = files.pool().zip(in_force.endpoints.as_ref());
    last.and_then(|(pool, endpoints)| routes(endpoints, &pool)).unwrap_or_else(|| bootstrap.clone())
}

/// Who the store is.
pub fn standing(config: &Config) -> Standing {
    let Membership { cohort, pin } = config.membership.clone();
    Standing { store: config.till.store.clone(), cohort, pin }
}

/// What till.toml says.
pub fn bootstrap(config: &Config) -> Routes {
    let office = &config.head_office;
    let locations = office.locations.iter().map(|at| (at.name.clone(), at.urls.clone())).collect();
    Routes { pool: office.pool.clone(), locations }
}

/// Every location of the region, the preferred first, and how they share the stores. A location that comes or goes is
/// known from the next start of the agent on.
pub fn locations(in_force: &InForce, bootstrap: &Routes, mode: Mode) -> (Vec<Location>, Mode) {
    match &in_force.endpoints {
        Some(endpoints) => (endpoints.order.clone(), endpoints.mode),
        None => (bootstrap.locations.iter().map(|(location, _)| location.clone()).collect(), mode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evertill_domain::piloting::Assignment;

    const ENDPOINTS: &str = "schema = 1\nregion = \"eu\"\nserial = 41\nmode = \"active-active\"\norder = [\"fra\", \"ams\"]\n\
        [pool.v41]\nversion = \"4.1\"\nclient = \">=0.1\"\nurls = { ams = [\"https://b\"], fra = [\"https://a\"] }\n\
        [pool.v42]\nversion = \"4.2\"\nclient = \">=9.0\"\nurls = { fra = [\"https://c\"] }\n";
    const ASSIGNMENT: &str = "schema = 1\nregion = \"eu\"\nserial = 812\nstable = \"v41\"\nnext = \"v42\"\npercent = 10\n\
        salt = \"p\"\neffective = \"02:30\"\ndate = \"2026-11-25\"\n";

    fn of(assignment: Option<&str>, cohort: Cohort, pin: Option<&str>) -> Target {
        let in_force = InForce {
            endpoints: Some(Endpoints::parse(ENDPOINTS.as_bytes()).unwrap()),
            assignment: assignment.map(|text| Assignment::parse(text.as_bytes(), None).unwrap()),
        };
        let pin = pin.map(|pool| pool.parse().unwrap());
        let standing = Standing { store: "DE-0417".parse().unwrap(), cohort, pin };
        let bootstrap = Routes { pool: "v1".parse().unwrap(), locations: Vec::new() };
        target(&in_force, &standing, &bootstrap)
    }

    #[test]
    fn without_files_till_toml_counts_and_with_them_the_assignment() {
        assert_eq!(of(None, Cohort::Early, None).routes.pool.as_str(), "v1");
        let early = of(Some(ASSIGNMENT), Cohort::Early, None);
        assert_eq!((early.routes.pool.as_str(), early.why.as_str()), ("v42", "its cohort is early"));
        assert_eq!(early.routes.locations, [("fra".parse().unwrap(), vec!["https://c".to_owned()])]);
        assert!(early.effective.is_some() && !early.client.unwrap().admits("8.9.9"));
        let general = of(Some(ASSIGNMENT), Cohort::General, None);
        let names: Vec<&str> = general.routes.locations.iter().map(|(location, _)| location.as_str()).collect();
        assert_eq!((general.routes.pool.as_str(), names), ("v41", vec!["fra", "ams"]));
        assert_eq!(general.effective, None, "the way back is never waited for");
        assert_eq!(of(Some(ASSIGNMENT), Cohort::General, Some("v42")).why, "support pinned it");
        assert!(of(Some(ASSIGNMENT), Cohort::General, Some("v43")).why.contains("pool v43 is not in the endpoints"));
    }
}
