//! Rule `crate-edge`: arrows between crates go down, and outside crates with an owner stay with it.
//!
//! Reads the manifests against the table in `floors`. Renamed dependencies count under their real name.

use toml::Table;

use super::Finding;
use crate::floors::{self, Place};
use crate::tree::Tree;

const RULE: &str = "crate-edge";

/// One dependency as a manifest declares it.
struct Edge {
    name: String,
    dev: bool,
    line: usize,
}

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let workspace = tree.text("Cargo.toml").and_then(|text| text.parse::<Table>().ok()).unwrap_or_default();
    let mut folders: Vec<String> = tree.crate_folders().into_iter().map(|name| format!("crates/{name}")).collect();
    folders.push("xtask".to_owned());
    for folder in folders {
        let path = format!("{folder}/Cargo.toml");
        let Some(text) = tree.text(&path) else { continue };
        match text.parse::<Table>() {
            Ok(manifest) => check_manifest(&path, text, &manifest, &workspace, findings),
            Err(error) => findings.push(Finding::new(&path, 1, RULE, format!("not TOML: {}", error.message()))),
        }
    }
}

fn check_manifest(path: &str, text: &str, manifest: &Table, workspace: &Table, findings: &mut Vec<Finding>) {
    let folder = path.trim_end_matches("/Cargo.toml").rsplit('/').next().unwrap_or_default();
    let name = manifest.get("package").and_then(|package| package.get("name")).and_then(|name| name.as_str());
    let Some(name) = name else {
        findings.push(Finding::new(path, 1, RULE, "the manifest has no package name"));
        return;
    };
    if name != folder {
        let message = format!("package `{name}` lies in folder `{folder}`: give both one name");
        findings.push(Finding::new(path, line_of(text, "package", "name"), RULE, message));
    }
    let Some(place) = floors::place(name) else {
        let message = format!("crate `{name}` has no floor: add it to xtask/src/floors.rs");
        findings.push(Finding::new(path, 1, RULE, message));
        return;
    };
    for edge in edges(text, manifest, workspace) {
        if let Some(message) = forbidden(name, place, &edge) {
            findings.push(Finding::new(path, edge.line, RULE, message));
        }
    }
}

/// The reason why an edge may not be, or `None` when it may.
fn forbidden(from: &str, from_place: Place, edge: &Edge) -> Option<String> {
    let to = edge.name.as_str();
    if let Some((_, owner)) = floors::OWNED.iter().find(|(outside, _)| *outside == to) {
        return (from != *owner).then(|| format!("only `{owner}` may depend on `{to}`, tests included"));
    }
    let to_place = floors::place(to)?;
    if to == "it" || to == "xtask" {
        return Some(format!("nothing may depend on `{to}`"));
    }
    if from_place == Place::Tool || (to_place == Place::Tool && edge.dev) {
        return None;
    }
    if floors::SIDEWAYS.iter().any(|(a, b, _)| *a == from && *b == to) {
        return None;
    }
    let allowed = match (from_place, to_place) {
        (_, Place::Tool) => false,
        (Place::Floor(4), Place::Library) => true,
        (_, Place::Library) => false,
        (Place::Floor(above), Place::Floor(below)) => below < above,
        (Place::Library, Place::Floor(floor)) => floor <= floors::SLICE_FLOOR,
        (Place::Tool, Place::Floor(_)) => true,
    };
    if allowed {
        return None;
    }
    Some(match (from_place, to_place) {
        (_, Place::Tool) => format!("`{to}` is for tests: `{from}` may have it in dev-dependencies only"),
        (Place::Floor(3), Place::Floor(3)) => {
            format!("slices are strangers: `{from}` may not depend on `{to}`; tell by an event, ask by a port")
        }
        _ => format!("arrows go down: `{from}` ({}) may not depend on `{to}` ({})", spot(from_place), spot(to_place)),
    })
}

fn spot(place: Place) -> String {
    match place {
        Place::Floor(floor) => format!("floor {floor}"),
        Place::Library => "library of the command line".to_owned(),
        Place::Tool => "tool".to_owned(),
    }
}

const SECTIONS: &[(&str, bool)] = &[("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];

fn edges(text: &str, manifest: &Table, workspace: &Table) -> Vec<Edge> {
    let mut found = Vec::new();
    let targets = manifest.get("target").and_then(|target| target.as_table());
    let tables = std::iter::once(manifest)
        .chain(targets.into_iter().flat_map(|targets| targets.values().filter_map(|target| target.as_table())));
    for table in tables {
        for (section, dev) in SECTIONS {
            let Some(listed) = table.get(*section).and_then(|value| value.as_table()) else { continue };
            for (key, value) in listed {
                let name = real_name(key, value, workspace);
                found.push(Edge { name, dev: *dev, line: line_of(text, section, key) });
            }
        }
    }
    found
}

/// The package a dependency stands for: its `package` key, here or in the workspace, else its own name.
fn real_name(key: &str, value: &toml::Value, workspace: &Table) -> String {
    let shared = || {
        let inherits = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
        inherits.then(|| workspace.get("workspace")?.get("dependencies")?.get(key)?.get("package")).flatten()
    };
    let package = value.get("package").or_else(shared).and_then(|package| package.as_str());
    package.unwrap_or(key).to_owned()
}

/// The line on which `key` stands in a section, `target.…` sections and `[section.key]` included; 1 if not found.
fn line_of(text: &str, section: &str, key: &str) -> usize {
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.split(']').next().unwrap_or_default();
            if header.ends_with(&format!("{section}.{key}")) {
                return index + 1;
            }
            inside = header == section || (line.starts_with("[target") && header_ends(line, section));
        } else if inside {
            let word = line.split(['=', '.', ' ', '\t']).next().unwrap_or_default();
            if word.trim_matches('"') == key {
                return index + 1;
            }
        }
    }
    1
}

/// Target sections hold brackets of their own (`[target.'cfg(unix)'.dependencies]`), so only the end is compared.
fn header_ends(line: &str, section: &str) -> bool {
    line.trim_end_matches(']').ends_with(&format!(".{section}"))
}

#[cfg(test)]
mod tests {
    use crate::testing::caught;

    fn manifest(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n\n{rest}")
    }

    fn edge(from: &str, rest: &str) -> Vec<String> {
        let path = format!("crates/{from}/Cargo.toml");
        caught("crate-edge", &[(&path, &manifest(from, rest))])
    }

    #[test]
    fn arrows_down_pass() {
        assert!(
            edge("moments", "[dependencies]\nledger.workspace = true\nui = {}\n[dev-dependencies]\ntestkit = {}")
                .is_empty()
        );
        assert!(edge("jobs", "[dependencies]\ndb = {}\nkernel = {}").is_empty());
        assert!(edge("traboule", "[dependencies]\nmoments = {}\nsim = {}\nbench = {}").is_empty());
        assert!(edge("sim", "[dependencies]\nmoments = {}\nserde = \"1\"").is_empty());
        assert!(edge("testkit", "[dependencies]\ntraboule = {}").is_empty());
        assert!(edge("it", "[dev-dependencies]\ntestkit = {}\ntraboule = {}").is_empty());
    }

    #[test]
    fn arrows_up_and_sideways_are_caught_on_their_line() {
        let cases = [
            ("ledger", "[dependencies]\nmoments = {}"),
            ("moments", "[dependencies]\npublish = {}"),
            ("moments", "[dev-dependencies]\npublish = {}"),
            ("ui", "[dependencies]\naccounts = {}"),
            ("accounts", "[dependencies]\nui = {}"),
            ("db", "[dependencies]\njobs = {}"),
            ("blobs", "[dependencies]\ndb = {}"),
            ("moments", "[dependencies]\nsim = {}"),
            ("sim", "[dependencies]\ntraboule = {}"),
            ("traboule", "[dependencies]\ntestkit = {}"),
            ("traboule", "[dev-dependencies]\nit = {}"),
            ("moments", "[build-dependencies]\npublish = {}"),
            ("moments", "[target.'cfg(unix)'.dependencies]\npublish = {}"),
        ];
        for (from, rest) in cases {
            assert_eq!(edge(from, rest), [format!("crates/{from}/Cargo.toml:5")], "{from} {rest}");
        }
        assert_eq!(edge("moments", "[dependencies.publish]\npath = \"x\""), ["crates/moments/Cargo.toml:4"]);
    }

    #[test]
    fn outside_crates_stay_with_their_owner() {
        assert!(edge("db", "[dependencies]\nsqlx = {}").is_empty());
        assert!(edge("blobs", "[dependencies]\nobject_store = {}").is_empty());
        assert_eq!(edge("it", "[dev-dependencies]\nsqlx = {}").len(), 1);
        assert_eq!(edge("publish", "[dependencies]\nobject_store = {}").len(), 1);
    }

    #[test]
    fn a_new_name_hides_nothing() {
        assert_eq!(edge("moments", "[dependencies]\nshows = { package = \"publish\" }").len(), 1);
        let root = "[workspace]\n[workspace.dependencies]\nshows = { package = \"publish\", path = \"x\" }";
        let files = [
            ("Cargo.toml", root),
            ("crates/moments/Cargo.toml", "[package]\nname = \"moments\"\n[dependencies]\nshows.workspace = true"),
        ];
        assert_eq!(caught("crate-edge", &files), ["crates/moments/Cargo.toml:4"]);
    }

    #[test]
    fn unknown_crates_and_two_names_are_caught() {
        assert_eq!(edge("helpers", "").len(), 1);
        let files = [("crates/moments/Cargo.toml", "[package]\nname = \"ledger\"")];
        assert_eq!(caught("crate-edge", &files), ["crates/moments/Cargo.toml:2"]);
        assert_eq!(caught("crate-edge", &[("crates/ui/Cargo.toml", "[package")]).len(), 1);
    }
}
