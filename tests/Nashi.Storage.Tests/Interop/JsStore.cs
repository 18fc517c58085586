using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Interop;

/// <summary>The reference with a store open.</summary>
internal sealed class JsStore : IAsyncDisposable
{
    private readonly JsPeer _peer;

    private JsStore(JsPeer peer) => _peer = peer;

    public static async Task<JsStore> OpenAsync(string folder, string options = "{}")
    {
        var peer = JsPeer.Start("storage-peer.cjs", folder, options);
        await peer.NextAsync("open");
        return new JsStore(peer);
    }

    /// <summary>Tries to open, and answers why that was refused.</summary>
    public static async Task<(string? Code, string Message)> RefusedAsync(string folder)
    {
        await using var peer = JsPeer.Start("storage-peer.cjs", folder, "{}");
        var refused = await peer.NextAsync("refused");
        return (refused.GetProperty("code").GetString(), refused.GetProperty("message").GetString()!);
    }

    public async Task<JsonElement> DoAsync(JsonObject command)
    {
        await _peer.SendAsync(command);
        var answer = await _peer.NextAsync("answer");
        return answer.TryGetProperty("failed", out var why) ? throw new InvalidOperationException($"{command} failed: {why}") : answer;
    }

    public Task<JsonElement> DoAsync(string operation) => DoAsync(new JsonObject { ["op"] = operation });

    public Task<JsonElement> AppendAsync(string name, int count, string text = "b", int size = 5) =>
        DoAsync(new JsonObject { ["op"] = "append", ["name"] = name, ["count"] = count, ["text"] = text, ["size"] = size });

    public Task<JsonElement> ReadAsync(string name) => DoAsync(new JsonObject { ["op"] = "read", ["name"] = name });

    public Task<JsonElement> ReadKeyAsync(byte[] key) => DoAsync(new JsonObject { ["op"] = "read", ["key"] = Convert.ToHexStringLower(key) });

    public async Task<SortedDictionary<string, string>> DumpAsync()
    {
        var dump = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in (await DoAsync("dump")).GetProperty("entries").EnumerateObject()) dump[entry.Name] = entry.Value.GetString()!;
        return dump;
    }

    public async Task CloseAsync()
    {
        await DoAsync("close");
        await _peer.WaitForExitAsync();
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
