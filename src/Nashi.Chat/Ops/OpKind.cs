namespace Nashi.Chat.Ops;

/// <summary>What an op does. Numbers are for ever.</summary>
internal enum OpKind : byte
{
    Create = 0,
    AddMember = 1,
    RemoveMember = 2,
    MakeInvite = 3,
    RevokeInvite = 4,
    SetRole = 5,
    SetRoom = 6,
    SetName = 7,
    Mute = 8,
    Silent = 9,
    Post = 16,
    Edit = 17,
    Delete = 18,
    React = 19,
}
