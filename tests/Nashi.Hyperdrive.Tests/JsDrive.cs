using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.TestKit;

namespace Nashi.Hyperdrive.Tests;

/// <summary>The reference's drive in a store on disk.</summary>
internal sealed class JsDrive : IAsyncDisposable
{
    private readonly JsPeer _peer = JsPeer.Start("hyperdrive-run.cjs");

    public async Task<JsonElement> DoAsync(string what, JsonObject? arguments = null)
    {
        var command = arguments is null ? [] : (JsonObject)arguments.DeepClone();
        command["do"] = what;
        await _peer.SendAsync(command);
        return await _peer.NextAsync("done");
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
