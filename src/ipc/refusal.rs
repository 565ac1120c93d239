//! Why the hand did not do what it was told to, in both languages.

use super::error::{ErrorKind, IpcError};
use crate::trace::scenario::Bilingual;

/// Why the hand may not do this now, in both languages.
pub struct Refusal(pub Bilingual);

/// What came of an action of the hand.
pub type Outcome = std::result::Result<(), Refusal>;

/// A refusal of these words.
pub fn refuse(en: impl Into<String>, zh: impl Into<String>) -> Refusal {
    Refusal(Bilingual { en: en.into(), zh: zh.into() })
}

impl From<IpcError> for Refusal {
    /// What an operation raises is a value of the scenario's language, which has one form; its kind has two.
    fn from(error: IpcError) -> Refusal {
        let kind = match error.kind {
            ErrorKind::Full => "满了",
            ErrorKind::Empty => "空的",
            ErrorKind::TypeError => "类型不对",
            ErrorKind::IndexError => "没有这个单元",
            ErrorKind::KeyError => "没有这个键",
            ErrorKind::AssertionError | ErrorKind::RuntimeError => "前提不成立",
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => "对端已无人持有",
            ErrorKind::EOFError => "已到结尾",
            ErrorKind::OwnerDied => "有进程死在操作中途",
            _ => "不能这样做",
        };
        refuse(error.message.clone(), format!("{kind}（{}）", error.message))
    }
}
