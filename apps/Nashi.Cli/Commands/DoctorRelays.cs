using System.Text.Json.Nodes;
using Nashi.Dht;
using Nashi.TcpRelay;

namespace Nashi.Cli.Commands;

/// <summary>The part of <c>nashi doctor</c> that looks at TCP relays.</summary>
internal static class DoctorRelays
{
    /// <summary>Tries each that was named or is remembered, and reports.</summary>
    /// <returns>Those that work.</returns>
    public static async Task<IReadOnlyList<TcpRelayLink>> CheckAsync(CliContext context, NodeMemory memory, CancellationToken cancellation)
    {
        var working = new List<TcpRelayLink>();
        foreach (var relay in context.TcpRelays.Concat(memory.TcpRelays).Distinct())
        {
            if (await IsWorkingAsync(context, relay, cancellation).ConfigureAwait(false)) working.Add(relay);
        }

        return working;
    }

    /// <summary>What it means that everything goes round by a relay.</summary>
    public static (string Verdict, string Advice) Explain(TcpRelayLink relay) => (
        "UDP is blocked here, but a TCP relay works: everything goes round by it, somewhat slower.",
        $"Nothing more is needed: {relay} is remembered. Allow UDP out in the firewall, or use another network, to be faster.");

    private static async Task<bool> IsWorkingAsync(CliContext context, TcpRelayLink relay, CancellationToken cancellation)
    {
        var facts = new JsonObject { ["link"] = relay.ToString() };
        var began = Instant.Now(TimeProvider.System);
        try
        {
            await using var connection = await TcpRelayConnection.ConnectAsync(relay, cancellationToken: cancellation).ConfigureAwait(false);
            facts["ms"] = Math.Round((Instant.Now(TimeProvider.System) - began).TotalMilliseconds, 1);
            facts["works"] = true;
            context.Reporter.Report("tcp-relay", facts, $"TCP relay {relay}: works, connected in {facts["ms"]} ms");
            return true;
        }
        catch (TcpRelayException error)
        {
            facts["works"] = false;
            facts["code"] = error.Code;
            context.Reporter.Report("tcp-relay", facts, error.Message);
            return false;
        }
    }
}
