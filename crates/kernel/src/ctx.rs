//! What the edge hands to a use case besides its command: who asks, when, and where new ids and random
//! bytes come from. A transaction that is run again gets the same context, hence the same instant.

use std::sync::Arc;

use crate::{Actor, At, IdMaker, Rng};

/// The circumstances of one use case.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// When it is asked.
    pub now: At,
    /// Who asks.
    pub actor: Actor,
    /// Makes ids.
    pub ids: Arc<IdMaker>,
    /// Gives random bytes.
    pub rng: Rng,
}

impl Ctx {
    /// The same circumstances with another asker.
    #[must_use]
    pub fn as_actor(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }
}
