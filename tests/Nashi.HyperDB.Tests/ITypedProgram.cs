using System.Text.Json;
using Nashi.Hyperbee;

namespace Nashi.HyperDB.Tests;

/// <summary>One generation of the test program: what tests/js/typed-lib.cjs does, in C#.</summary>
internal interface ITypedProgram
{
    /// <summary>Runs one transaction: a list of ["insert"|"delete", collection, record].</summary>
    ValueTask RunAsync(JsonElement operations);

    /// <summary>All records that a collection or index finds, as text.</summary>
    ValueTask<List<string>> FindAsync(string name);

    static ITypedProgram Create(int generation, Hyperbee.Hyperbee tree) => generation == 1 ? new ProgramV1(new V1.Database(tree)) : new ProgramV2(new V2.Database(tree));
}
