//! Who asks, and on whose ground. Permission is decided inside each use case from an [`Actor`];
//! a [`Scope`] is what store functions take so that no query forgets its organisation.

use serde::{Deserialize, Serialize};

/// An organisation's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrgId(pub i64);

/// A person's id (an account of the server, who may have roles in several organisations).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PersonId(pub i64);

/// The tenant a store function works for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The organisation whose rows may be touched.
    pub org: OrgId,
}

/// What a person may do in one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, and the roles of others.
    Owner,
    /// Publishes.
    Editor,
    /// Decides reports.
    Moderator,
    /// Sees and moves money.
    Finance,
    /// Answers in the inbox.
    Agent,
}

impl Role {
    /// Every role, in the order pages show them.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Editor, Self::Moderator, Self::Finance, Self::Agent];

    /// The word kept in the database and in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
            Self::Moderator => "moderator",
            Self::Finance => "finance",
            Self::Agent => "agent",
        }
    }

    /// Reads [`Role::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// What an API token may do; a token never may more than the person who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenScope {
    /// Read what the person may read.
    Read,
    /// Create and change shows and episodes.
    Publish,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Read, Self::Publish];

    /// The word kept in the database and shown in forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Publish => "publish",
        }
    }

    /// Reads [`TokenScope::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// Who asks for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody signed in.
    Visitor,
    /// A person with a session, and the roles they hold in each organisation.
    Person {
        /// Who.
        person: PersonId,
        /// Their roles.
        roles: Vec<(OrgId, Role)>,
    },
    /// A program with a person's token.
    Token {
        /// Who made the token.
        person: PersonId,
        /// The only organisation the token works in.
        org: OrgId,
        /// The maker's roles there, today.
        roles: Vec<Role>,
        /// What the token was made for.
        scopes: Vec<TokenScope>,
    },
    /// The server itself: a job, the command line, the demo. The text says which, for the log.
    System(&'static str),
}

impl Actor {
    /// Whether the actor holds one of `roles` in `org`. The owner holds every role, the system too.
    /// A token also needs the [`TokenScope::Publish`] scope for anything that asks for a role.
    #[must_use]
    pub fn may(&self, org: OrgId, roles: &[Role]) -> bool {
        let holds = |role: Role| role == Role::Owner || roles.contains(&role);
        match self {
            Self::Visitor => false,
            Self::System(_) => true,
            Self::Person { roles: held, .. } => held.iter().any(|(o, role)| *o == org && holds(*role)),
            Self::Token { org: o, roles: held, scopes, .. } => {
                *o == org && scopes.contains(&TokenScope::Publish) && held.iter().any(|role| holds(*role))
            }
        }
    }

    /// Whether the actor belongs to the team of `org` and may read its unpublished things.
    #[must_use]
    pub fn may_read(&self, org: OrgId) -> bool {
        match self {
            Self::Visitor => false,
            Self::System(_) => true,
            Self::Person { roles, .. } => roles.iter().any(|(o, _)| *o == org),
            Self::Token { org: o, roles, .. } => *o == org && !roles.is_empty(),
        }
    }

    /// The person in whose own name the actor may write: somebody signed in, or a token that publishes. Of a token that only
    /// reads there is none.
    #[must_use]
    pub fn writer(&self) -> Option<PersonId> {
        match self {
            Self::Person { person, .. } => Some(*person),
            Self::Token { person, scopes, .. } => scopes.contains(&TokenScope::Publish).then_some(*person),
            Self::Visitor | Self::System(_) => None,
        }
    }

    /// The person behind the actor, if there is one. Whether they may change anything is asked of [`Actor::writer`].
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { person, .. } | Self::Token { person, .. } => Some(*person),
            Self::Visitor | Self::System(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permission_stays_inside_the_organisation() {
        let (a, b) = (OrgId(1), OrgId(2));
        let editor = Actor::Person { person: PersonId(9), roles: vec![(a, Role::Editor)] };
        assert!(editor.may(a, &[Role::Editor]));
        assert!(!editor.may(a, &[Role::Finance]));
        assert!(!editor.may(b, &[Role::Editor]));
        assert!(editor.may_read(a) && !editor.may_read(b));
        let owner = Actor::Person { person: PersonId(9), roles: vec![(a, Role::Owner)] };
        assert!(owner.may(a, &[Role::Finance]));
        assert!(!Actor::Visitor.may(a, &Role::ALL));
    }

    #[test]
    fn a_token_needs_its_scope_and_its_makers_role() {
        let token = |scopes: Vec<TokenScope>, roles: Vec<Role>| Actor::Token {
            person: PersonId(9),
            org: OrgId(1),
            roles,
            scopes,
        };
        assert!(token(vec![TokenScope::Publish], vec![Role::Editor]).may(OrgId(1), &[Role::Editor]));
        assert!(!token(vec![TokenScope::Read], vec![Role::Owner]).may(OrgId(1), &[Role::Editor]));
        assert!(!token(vec![TokenScope::Publish], vec![]).may(OrgId(1), &[Role::Editor]));
        assert!(!token(vec![TokenScope::Publish], vec![Role::Owner]).may(OrgId(2), &[Role::Editor]));
    }
}
