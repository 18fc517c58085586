namespace Nashi.Chat;

/// <summary>What roles may do.</summary>
internal static class RoleExtensions
{
    private const Capabilities Bots = Capabilities.Read | Capabilities.Post | Capabilities.Media | Capabilities.Links | Capabilities.React;
    private const Capabilities Members = Bots | Capabilities.Call | Capabilities.Invite | Capabilities.Index;

    public static Capabilities Grants(this RoomRole role) => role switch
    {
        RoomRole.Owner => (Capabilities)((1 << 15) - 1),
        RoomRole.Admin => (Capabilities)((1 << 15) - 1),
        RoomRole.Member => Members,
        RoomRole.Bot => Bots,
        _ => Capabilities.Read,
    };
}
