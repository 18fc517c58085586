using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Storage;

namespace Nashi.Hypercore.Tests;

/// <summary>This test program, started again by a test to be killed: appends as fast as it can and prints each length that was acknowledged.</summary>
internal static class CrashChild
{
    public const string Variable = "NASHI_TEST_CRASH_FOLDER";

    public static byte[] Seed => [.. Enumerable.Repeat((byte)5, 32)];

    // Other threads can not enter this assembly before its initializer ends, which it never does: all of our code runs on this thread.
#pragma warning disable CA2255, VSTHRD002 // A test program has no Main of its own to put this in.
    [ModuleInitializer]
    internal static void RunWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder) return;
        var store = CorestoreStorage.OpenAsync(folder).AsTask().GetAwaiter().GetResult();
        var core = Core.Open(store, null, new() { KeyPair = KeyPair.FromSeed(Seed) });
        var waiting = new Task<ulong>[4];
        for (var i = 0; i < waiting.Length; i++) waiting[i] = core.AppendAsync(new byte[8]).AsTask();
        while (true)
        {
            var done = Task.WaitAny(waiting);
            Console.WriteLine(waiting[done].GetAwaiter().GetResult());
            Console.Out.Flush();
            waiting[done] = core.AppendAsync(new byte[8]).AsTask();
        }
    }
#pragma warning restore CA2255, VSTHRD002
}
