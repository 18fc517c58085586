using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.TestKit;

namespace Nashi.HyperDB.Tests;

/// <summary>The reference with the same schemas, in a process of its own.</summary>
internal sealed class TypedPeer : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly JsPeer _js;
    private int _commands;

    private TypedPeer() => _js = JsPeer.Start("typed-peer.cjs", _folder.Path);

    public static async Task<TypedPeer> StartAsync()
    {
        var peer = new TypedPeer();
        _ = await peer._js.NextAsync("ready");
        return peer;
    }

    public async Task<JsonElement> RunAsync(string command, JsonObject? arguments = null)
    {
        var id = $"{command} {++_commands}";
        arguments ??= [];
        (arguments["run"], arguments["id"]) = (command, id);
        await _js.SendAsync(arguments);
        var answer = await _js.NextAsync(id);
        Assert.False(answer.TryGetProperty("error", out var error), $"{command}: {error}");
        return answer;
    }

    public async Task<IReadOnlyList<string?>> ListAsync(string command, string property, JsonObject arguments)
        => [.. (await RunAsync(command, arguments)).GetProperty(property).EnumerateArray().Select(value => value.GetString())];

    public async ValueTask DisposeAsync()
    {
        await _js.DisposeAsync();
        _folder.Dispose();
    }
}
