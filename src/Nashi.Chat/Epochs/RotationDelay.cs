using Nashi.Chat.State;
using Nashi.Encoding;

namespace Nashi.Chat.Epochs;

/// <summary>How long a device waits before it makes the key that is needed (R3): those who were here longest go first, so that mostly one does it.</summary>
internal static class RotationDelay
{
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(3);

    public static TimeSpan Of(RoomState state, CoreKey writer, IRandom random)
    {
        var able = state.Devices.Values
            .Where(device => state.Members[device.Identity].Capabilities.HasFlag(Capabilities.Rotate))
            .OrderBy(device => device.Rank).Select(device => device.Writer).ToList();
        var rank = able.IndexOf(writer);
        return rank < 0 ? Max : Max * ((rank + random.NextDouble()) / able.Count);
    }
}
