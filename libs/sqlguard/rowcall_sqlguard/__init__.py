"""What SQL may run: one reading statement of allow-listed parts, within bounds."""

from rowcall_sqlguard.checking import check, screen
from rowcall_sqlguard.limits import Limits
from rowcall_sqlguard.verdict import Reason, Verdict

__all__ = ["Limits", "Reason", "Verdict", "check", "screen"]
