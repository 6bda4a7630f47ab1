//! The words every crate shares: ids, instants, languages, actors, scopes and refusals.
//! Nothing here does I/O, and nothing here knows a table, a page or a protocol.

mod actor;
mod ctx;
mod hash;
mod id;
mod lang;
mod refusal;
mod rng;
mod subject;
mod text;
mod time;
mod words;

pub use actor::{Actor, OrgId, PersonId, Role, Scope, TokenScope};
pub use ctx::Ctx;
pub use hash::{constant_time_eq, hex, sha256, sha256_hex, unhex};
pub use id::{IdMaker, parse_id, show_id};
pub use lang::Lang;
pub use refusal::{Arg, Field, Kind, Refusal};
pub use rng::Rng;
pub use subject::{Item, Subject, SubjectKind};
pub use text::{email, fold, line, paragraph};
pub use time::{At, Clock};
pub use words::{Sought, body_of, each_word, plain, words};
