using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Cli.Tests.Chat;

/// <summary>A profile of its own, and commands of <c>nashi chat</c> with it.</summary>
internal sealed class ChatPerson : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string? _bootstrap;

    private ChatPerson(string? bootstrap)
    {
        _bootstrap = bootstrap;
        File.WriteAllText(PassphraseFile, "correct horse\n");
    }

    /// <summary>Where everything of this person lies.</summary>
    public string Folder => _folder.Path;

    /// <summary>The store.</summary>
    public string Storage => Path.Combine(Folder, "storage");

    public string PassphraseFile => Path.Combine(Folder, "passphrase");

    /// <summary>Makes a profile.</summary>
    public static async Task<ChatPerson> MakeAsync(string name, string? bootstrap = null)
    {
        var person = new ChatPerson(bootstrap);
        _ = await person.RunAsync("init", "--name", name);
        return person;
    }

    /// <summary>A command to its end; its last data.</summary>
    public Task<JsonElement> RunAsync(params string[] words) => NashiProcess.RunAsync(Line(words));

    /// <summary>A command that fails; its code.</summary>
    public async Task<string> FailAsync(params string[] words)
    {
        await using var process = NashiProcess.Start(Line(words));
        process.Input.Close();
        var last = await process.EndAsync();
        Assert.Equal("error", last.GetProperty("tag").GetString());
        return last.GetProperty("data").GetProperty("code").GetString()!;
    }

    /// <summary>A command that stays.</summary>
    public NashiProcess Start(params string[] words) => NashiProcess.Start(Line(words));

    /// <summary>A command as people see it.</summary>
    public async Task<string> ReadAsync(params string[] words)
    {
        var (code, output, errors) = await NashiProcess.RunRawAsync(Line(words));
        Assert.True(code == 0, errors);
        return System.Text.Encoding.UTF8.GetString(output);
    }

    public void Dispose() => _folder.Dispose();

    private string[] Line(string[] words) => ["chat", .. words, "--storage", Storage, "--passphrase-file", PassphraseFile, "--bootstrap", _bootstrap ?? "127.0.0.1:9"];
}
