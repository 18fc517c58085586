using Nashi.Dht.Relaying;
using Nashi.Udx;

namespace Nashi.Dht.Connecting;

/// <summary>Keeps a meeting at a relay going beside a stream that found a direct path first.</summary>
/// <remarks>
/// A peer of the reference that is joined at the relay in just that moment has sent its first words there, and repeats them only there, for thirteen seconds. So
/// they are still fetched. Owns the connection to the relay and what cancels the meeting; ends by itself, at the latest half a minute later.
/// </remarks>
internal static class RelayBeside
{
    // What calls for the peer's words may get lost; together longer than a peer repeats them.
    private static readonly TimeSpan[] Calls = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12)];

    /// <summary>Begins; returns when it is over, and never faults.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="dial">The connection to the relay.</param>
    /// <param name="meeting">Waiting there for the peer.</param>
    /// <param name="life">Cancels the waiting.</param>
    /// <param name="clock">The clock.</param>
    public static async Task KeepAsync(UdxStream stream, Task<RelayLeg> dial, Task meeting, CancellationTokenSource life, TimeProvider clock)
    {
        await WaitAsync(stream, meeting, RelayLeg.Patience, clock).ConfigureAwait(false);
        if (meeting.IsCompletedSuccessfully)
        {
            var leg = await dial.ConfigureAwait(false);
            foreach (var pause in Calls)
            {
                stream.CallFor(leg.Socket, leg.RemoteId, leg.Address);
                await WaitAsync(stream, leg.Closed, pause, clock).ConfigureAwait(false);
            }
        }

        await life.CancelAsync().ConfigureAwait(false);
        life.Dispose();
        await CloseAsync(dial).ConfigureAwait(false);
    }

    private static async Task WaitAsync(UdxStream stream, Task end, TimeSpan patience, TimeProvider clock)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(end, stream.Closed, Task.Delay(patience, clock, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
    }

    private static async Task CloseAsync(Task<RelayLeg> dial)
    {
        try
        {
            var leg = await dial.ConfigureAwait(false);
            await leg.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or ArgumentException)
        {
            // It was not to be had in the first place.
        }
    }
}
