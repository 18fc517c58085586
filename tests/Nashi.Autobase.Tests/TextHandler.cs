using Nashi.Encoding;
using Nashi.Hyperbee;

namespace Nashi.Autobase.Tests;

/// <summary>An application whose values are texts; <c>tests/js/autobase-lib.cjs</c> is the same one.</summary>
internal sealed class TextHandler : IAutobaseHandler
{
    public AutobaseView Log { get; private set; } = null!;

    public AutobaseView BeeLog { get; private set; } = null!;

    public Hyperbee.Hyperbee Bee { get; private set; } = null!;

    public bool AcceptsOptimistic { get; init; }

    /// <summary>What applying waits for.</summary>
    public Func<Task>? Before { get; set; }

    /// <summary>How often applying ran.</summary>
    public int Calls { get; private set; }

    public void Open(AutobaseViews views)
    {
        Log = views.Get("log");
        BeeLog = views.Get("bee");
        Bee = new(BeeLog);
    }

    public async ValueTask ApplyAsync(IReadOnlyList<AppliedValue> values, IApplyHost host, CancellationToken cancellationToken)
    {
        Calls++;
        if (Before is { } before) await before();
        foreach (var value in values) await ApplyAsync(System.Text.Encoding.UTF8.GetString(value.Value.Span), value, host);
    }

    public async Task<List<string>> ReadLogAsync()
    {
        var texts = new List<string>();
        for (ulong i = 0; i < Log.Length; i++) texts.Add(System.Text.Encoding.UTF8.GetString((await Log.GetAsync(i, wait: true, CancellationToken.None))!));
        return texts;
    }

    private async ValueTask ApplyAsync(string text, AppliedValue value, IApplyHost host)
    {
        var at = text.IndexOf(' ', StringComparison.Ordinal);
        var rest = text[(at + 1)..];
        switch (at < 0 ? "" : text[..at])
        {
            case "add": await host.AddWriterAsync(Key(rest), isIndexer: false); break;
            case "index": await host.AddWriterAsync(Key(rest)); break;
            case "remove": if (host.IsRemovable(Key(rest))) await host.RemoveWriterAsync(Key(rest)); break;
            case "ack": await host.AckWriterAsync(Key(rest)); break;
            case "welcome": await host.AckWriterAsync(value.From); await Log.AppendAsync(value.Value); break;
            case "stop": host.Interrupt(rest); break;
            case "set": await Bee.PutAsync(rest.Split('=')[0], rest.Split('=')[1]); break;
            case "del": await Bee.DeleteAsync(rest); break;
            default: await Log.AppendAsync(value.Value); break;
        }
    }

    private static CoreKey Key(string hex) => new(Convert.FromHexString(hex));
}
