//! From where somebody asks, and whether by TLS: the peer's own word, unless the peer is a proxy of ours.

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// A proxy's chain is read so far back.
const CHAIN: usize = 16;

/// An address or a network, as settings name it.
///
/// # Errors
/// A sentence for whoever set it.
pub fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let alone = text.parse::<IpAddr>().map(IpNet::from);
    alone
        .or_else(|_| text.parse())
        .map_err(|_| format!("`{text}` is neither an address nor a network like 10.0.0.0/8"))
}

/// The client's address: behind trusted proxies the last one in `X-Forwarded-For` that is none of them.
#[must_use]
pub fn client(trusted: &[IpNet], extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    if !is_trusted(trusted, peer) {
        return Some(peer);
    }
    let told = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = told.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut last = peer;
    for hop in chain.into_iter().rev().take(CHAIN) {
        // What cannot be read was not written by a proxy of ours.
        let Ok(hop) = hop.parse::<IpAddr>() else { break };
        last = hop.to_canonical();
        if !is_trusted(trusted, last) {
            break;
        }
    }
    Some(last)
}

/// The same as it is written down; empty where nobody can tell.
#[must_use]
pub fn written(trusted: &[IpNet], extensions: &Extensions, headers: &HeaderMap) -> String {
    client(trusted, extensions, headers).map(|address| address.to_string()).unwrap_or_default()
}

/// Whether the client's browser speaks TLS, by the word of a trusted proxy.
#[must_use]
pub fn by_tls(trusted: &[IpNet], extensions: &Extensions, headers: &HeaderMap) -> bool {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|ConnectInfo(peer)| is_trusted(trusted, peer.ip().to_canonical()))
        && headers
            .get("x-forwarded-proto")
            .is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
}

/// An address as guesses are counted by it: of IPv6 the network that one subscriber has.
#[must_use]
pub fn counted(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, chain: &[&'static str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for value in chain {
            headers.append("x-forwarded-for", (*value).parse().unwrap());
        }
        let trusted = [network("127.0.0.1").unwrap(), network("10.0.0.0/8").unwrap()];
        client(&trusted, &extensions, &headers).unwrap().to_string()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed_and_only_as_far_as_ours_go() {
        assert_eq!(asked("198.51.100.7", &["203.0.113.1"]), "198.51.100.7", "no proxy of ours says so");
        assert_eq!(asked("127.0.0.1", &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(
            asked("127.0.0.1", &["1.2.3.4, 203.0.113.1"]),
            "203.0.113.1",
            "what a client wrote is before it"
        );
        assert_eq!(asked("127.0.0.1", &["1.2.3.4", "203.0.113.1, 10.1.1.1"]), "203.0.113.1");
        assert_eq!(asked("::ffff:127.0.0.1", &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(asked("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(asked("127.0.0.1", &["nonsense"]), "127.0.0.1");
        assert!(network("10.0.0.0/99").is_err());
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(counted("203.0.113.1"), "203.0.113.1");
    }
}
