namespace Nashi.Chat.Epochs;

/// <summary>Why a room's key changed.</summary>
internal enum EpochReason : byte
{
    Created = 0,
    MemberRemoved = 1,
    DeviceMissing = 2,
    Periodic = 3,
    Compromise = 4,
}
