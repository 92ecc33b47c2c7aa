//! `endpoints.toml`: the pools of a region, and where each of them is in each location.

use super::mistake::{Looking, Mistakes, check_head};
use crate::failover::Mode;
use crate::ids::{Location, Pool, Region};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use toml::Spanned;

/// Most locations of a region.
const LOCATIONS_MAX: usize = 8;
/// Most pools at one time.
const POOLS_MAX: usize = 16;
/// Most addresses of a pool in one location.
const URLS_MAX: usize = 16;

/// Which agents a pool serves: `>=3.8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientFloor {
    major: u64,
    minor: u64,
}

impl ClientFloor {
    /// Whether an agent of this version, as `3.9.1`, is served. One that tells no version is not.
    pub fn admits(&self, agent: &str) -> bool {
        let mut parts = agent.split(['.', '-', '+']).map(str::parse::<u64>);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (self.major, self.minor),
            _ => false,
        }
    }
}

impl fmt::Display for ClientFloor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ">={}.{}", self.major, self.minor)
    }
}

impl FromStr for ClientFloor {
    type Err = String;

    fn from_str(text: &str) -> Result<ClientFloor, String> {
        let numbers = text.strip_prefix(">=").and_then(|version| version.trim().split_once('.'));
        match numbers.map(|(major, minor)| (major.parse(), minor.parse())) {
            Some((Ok(major), Ok(minor))) => Ok(ClientFloor { major, minor }),
            _ => Err("client must be like \">=3.8\": the oldest agent that the pool serves".to_owned()),
        }
    }
}

/// One pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolEndpoints {
    /// What its servers run, for people.
    pub version: String,
    /// Which agents it serves.
    pub client: ClientFloor,
    /// Its addresses, by location; a pool on trial may be in one of them only.
    pub urls: BTreeMap<Location, Vec<String>>,
}

/// A region's endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Whose.
    pub region: Region,
    /// Rises with every change.
    pub serial: u64,
    /// How the locations share the stores.
    pub mode: Mode,
    /// The locations, the preferred first.
    pub order: Vec<Location>,
    /// The pools.
    pub pools: BTreeMap<Pool, PoolEndpoints>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenMode {
    ActiveActive,
    ActivePassive,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: Spanned<u32>,
    region: Region,
    serial: Spanned<u64>,
    mode: WrittenMode,
    order: Spanned<Vec<Location>>,
    #[serde(default)]
    pool: BTreeMap<Spanned<Pool>, WrittenPool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPool {
    version: String,
    client: Spanned<String>,
    urls: Spanned<BTreeMap<Spanned<Location>, Vec<Spanned<String>>>>,
}

impl Endpoints {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its line.
    pub fn parse(bytes: &[u8]) -> Result<Endpoints, Mistakes> {
        let (written, mut looking) = Looking::read::<Written>(bytes)?;
        let Written { schema, region, serial, mode, order, pool } = written;
        check_head(&mut looking, &schema, &serial);
        check_order(&mut looking, &order);
        let locations = order.into_inner();
        if pool.is_empty() || pool.len() > POOLS_MAX {
            looking
                .wrong(&serial, format!("there are {} pools, there must be 1 to {POOLS_MAX}: [pool.v1]", pool.len()));
        }
        let mut pools = BTreeMap::new();
        for (name, written) in pool {
            let read = read_pool(&mut looking, &locations, &name, written);
            pools.extend(read.map(|read| (name.into_inner(), read)));
        }
        let mode = match mode {
            WrittenMode::ActiveActive => Mode::ActiveActive,
            WrittenMode::ActivePassive => Mode::ActivePassive,
        };
        looking.done(Endpoints { region, serial: serial.into_inner(), mode, order: locations, pools })
    }
}

fn check_order(looking: &mut Looking<'_>, order: &Spanned<Vec<Location>>) {
    let locations = order.get_ref();
    if locations.is_empty() || locations.len() > LOCATIONS_MAX {
        let message = format!("order names {} locations, it must name 1 to {LOCATIONS_MAX}", locations.len());
        looking.wrong(order, message);
    }
    for (index, location) in locations.iter().enumerate() {
        if locations[..index].contains(location) {
            looking.wrong(order, format!("order names {location} twice"));
        }
    }
}

fn read_pool(
    looking: &mut Looking<'_>,
    locations: &[Location],
    name: &Spanned<Pool>,
    written: WrittenPool,
) -> Option<PoolEndpoints> {
    let WrittenPool { version, client, urls } = written;
    let floor = client.get_ref().parse::<ClientFloor>();
    if let Err(message) = &floor {
        looking.wrong(&client, message.clone());
    }
    if urls.get_ref().is_empty() {
        looking.wrong(&urls, format!("pool {} has no urls: name them by location", name.get_ref()));
    }
    let mut by_location = BTreeMap::new();
    for (location, addresses) in urls.into_inner() {
        if !locations.contains(location.get_ref()) {
            let place = location.get_ref();
            looking.wrong(&location, format!("location {place} is not in order: add it there, or correct the name"));
        }
        if addresses.is_empty() || addresses.len() > URLS_MAX {
            let count = addresses.len();
            looking
                .wrong(&location, format!("there are {count} urls in {}, 1 to {URLS_MAX} may be", location.get_ref()));
        }
        for url in addresses.iter().filter(|url| !is_address(url.get_ref())) {
            let shown: String = url.get_ref().chars().take(80).collect();
            looking.wrong(url, format!("'{shown}' is no address: write https://host or https://host:port"));
        }
        by_location.insert(location.into_inner(), addresses.into_iter().map(Spanned::into_inner).collect());
    }
    floor.ok().map(|client| PoolEndpoints { version, client, urls: by_location })
}

/// `https`, a host, perhaps a port, and nothing behind it: paths are head office's own.
fn is_address(url: &str) -> bool {
    let Some(authority) = url.strip_prefix("https://").map(|rest| rest.strip_suffix('/').unwrap_or(rest)) else {
        return false;
    };
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').unwrap_or("none"))),
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let is_named = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'-' | b':');
    !host.is_empty()
        && host.bytes().all(is_named)
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"schema = 1
region = "eu"
serial = 41
mode = "active-active"
order = ["fra", "ams"]
[pool.v41]
version = "4.1"
client = ">=3.8"
urls = { fra = ["https://a.fra"], ams = ["https://a.ams:8443"] }
[pool.v42]
version = "4.2"
client = ">=3.9"
urls = { fra = ["https://b.fra"] }
"#;

    #[test]
    fn a_good_file_is_read() {
        let endpoints = Endpoints::parse(GOOD.as_bytes()).unwrap();
        assert_eq!((endpoints.serial, endpoints.order.len(), endpoints.pools.len()), (41, 2, 2));
        let v42 = &endpoints.pools[&"v42".parse().unwrap()];
        assert!(v42.client.admits("3.9.0") && v42.client.admits("4.0.0-rc1") && !v42.client.admits("3.8.7"));
        assert!(!v42.client.admits("") && !v42.client.admits("new"));
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let bad = GOOD
            .replace("schema = 1", "schema = 2")
            .replace("serial = 41", "serial = 0")
            .replace("\"fra\", \"ams\"", "\"fra\", \"fra\"")
            .replace(">=3.8", "3.8")
            .replace("https://a.fra", "http://a.fra")
            .replace("https://b.fra", "https://b.fra/x");
        let said = Endpoints::parse(bad.as_bytes()).unwrap_err().to_string();
        let expected = [
            "line 1: schema is 2",
            "line 3: serial is 0",
            "line 5: order names fra twice",
            "line 8: client must be like",
            "line 9: 'http://a.fra' is no address",
            "line 9: location ams is not in order",
            "line 13: 'https://b.fra/x' is no address",
        ];
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{said}");
        for begins in expected {
            assert!(lines.iter().any(|line| line.starts_with(begins)), "{begins}\n{said}");
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused_with_its_line() {
        for (text, said) in [
            (GOOD.replace("urls = { fra = [\"https://b.fra\"] }\n", ""), "line 10: missing field `urls`"),
            (format!("colour = 1\n{GOOD}"), "line 1: unknown field `colour`"),
            (GOOD.replace("active-active", "both"), "line 4: unknown variant `both`"),
            (GOOD.replace("\"eu\"", "\"EU\""), "line 2: region 'EU' is not valid"),
            (GOOD.replace("fra = [\"https://b.fra\"]", ""), "line 13: pool v42 has no urls"),
            (GOOD.split("[pool").next().unwrap().to_owned(), "line 3: there are 0 pools"),
        ] {
            let refused = Endpoints::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(refused.starts_with(said), "{refused} is not {said}");
        }
        assert!(Endpoints::parse(&[0xff, 0xfe]).unwrap_err().to_string().contains("UTF-8"));
        assert!(Endpoints::parse(&vec![b'\n'; 2 * 1024 * 1024]).unwrap_err().to_string().contains("bytes"));
    }

    #[test]
    fn addresses_are_of_https_and_lead_to_a_host() {
        for good in ["https://a", "https://a.fra:8443", "https://10.0.0.1:1", "https://[::1]:8443", "https://a.fra/"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "https://", "http://a", "https://a:0", "https://a:x", "https://a b", "https://a/b", "https://u@a"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
